using System.ComponentModel;
using System.Diagnostics;

namespace Multiprocessing.Bench;

/// <summary>An interpreter.</summary>
/// <param name="Path">Its own path: what PATH names may be a script that looks for it first (pyenv), which is not Python's time.</param>
/// <param name="Version">Its version, as it says it.</param>
internal sealed record Python(string Path, string Version)
{
    internal const string Default = "python3";
    private const string System = "/usr/bin/python3";

    internal string Name => $"CPython {Version}";

    /// <summary>The interpreters that were asked for, or else the default and the system's.</summary>
    /// <exception cref="InvalidOperationException">One of them does not run.</exception>
    internal static IReadOnlyList<Python> Find(IReadOnlyList<string> asked)
    {
        List<Python> found = [.. (asked.Count > 0 ? asked : [Default]).Select(Ask)];
        if (asked.Count == 0 && File.Exists(System))
        {
            found.Add(Ask(System));
        }

        return [.. found.DistinctBy(python => python.Path)];
    }

    internal ProcessStartInfo StartInfo(params IEnumerable<string> arguments) => new(Path, arguments);

    private static Python Ask(string path)
    {
        string[] words;
        try
        {
            var start = new ProcessStartInfo(path, ["-c", "import sys, multiprocessing.shared_memory; print(sys.version.split()[0], sys.executable)"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            string answer = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            words = answer.Trim().Split(' ', 2);
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"'{path}' does not run: {e.Message}", e);
        }

        return words is [string version, string executable] && File.Exists(executable)
            ? new Python(executable, version)
            : throw new InvalidOperationException($"'{path}' is no CPython with multiprocessing.shared_memory (3.8 or later).");
    }
}
