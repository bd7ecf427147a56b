using System.ComponentModel;
using System.Diagnostics;

namespace Multiprocessing.Bench;

/// <summary>An interpreter.</summary>
/// <param name="Path">Its own path: what PATH names may be a script that looks for it first (pyenv).</param>
/// <param name="Version">Its version, as it says it.</param>
internal sealed record Python(string Path, string Version)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <exception cref="InvalidOperationException">It does not run.</exception>
    internal static Python Ask(string path)
    {
        const string script = "import sys, multiprocessing.managers, multiprocessing.shared_memory; print(sys.version.split()[0], sys.executable)";
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(path, ["-c", script])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> answer = process.StandardOutput.ReadToEndAsync();
            if (!answer.Wait(Patience))
            {
                process.Kill();
            }
            else if (answer.Result.Trim().Split(' ', 2) is [string version, string executable] && File.Exists(executable))
            {
                return new Python(executable, version);
            }
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"'{path}' does not run: {e.Message}", e);
        }

        throw new InvalidOperationException($"'{path}' is no CPython with multiprocessing.shared_memory (3.8 or later).");
    }
}
