using System.ComponentModel;
using System.Diagnostics;

namespace Multiprocessing.Bench;

/// <summary>An interpreter.</summary>
/// <param name="Path">Its own path: what PATH names may be a script that looks for it first (pyenv), which is not Python's time.</param>
/// <param name="Version">Its version, as it says it.</param>
internal sealed record Python(string Path, string Version)
{
    /// <summary>What PATH has.</summary>
    internal const string Default = "python3";

    private const string OfTheSystem = "/usr/bin/python3";
    private const string Question = "import sys, multiprocessing.managers, multiprocessing.shared_memory; print(sys.version.split()[0], sys.executable)";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    internal string Name => $"CPython {Version}";

    /// <summary>The interpreters that were asked for; else the default and, if that is wanted, the system's, of those that there are.</summary>
    /// <exception cref="InvalidOperationException">One that was asked for does not run.</exception>
    internal static IReadOnlyList<Python> Find(IReadOnlyList<string> asked, bool withSystems)
    {
        IEnumerable<Python> found = asked.Count > 0
            ? asked.Select(Ask)
            : (withSystems ? [Default, OfTheSystem] : new[] { Default }).Select(TryAsk).OfType<Python>();
        return [.. found.DistinctBy(python => python.Path)];
    }

    internal ProcessStartInfo StartInfo(params IEnumerable<string> arguments) => new(Path, arguments);

    private static Python? TryAsk(string path)
    {
        try
        {
            return Ask(path);
        }
        catch (InvalidOperationException e)
        {
            Console.Error.WriteLine(e.Message);
            return null;
        }
    }

    private static Python Ask(string path)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(path, ["-c", Question]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
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
