using System.Diagnostics;

namespace Multiprocessing.Bench;

/// <summary>Running programs, and this one again.</summary>
internal static class Programs
{
    /// <summary>This program, with other arguments.</summary>
    internal static ProcessStartInfo Self(params IEnumerable<string> arguments)
    {
        string self = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(self) == "dotnet"
            ? new ProcessStartInfo(self, [typeof(Programs).Assembly.Location, .. arguments])
            : new ProcessStartInfo(self, arguments);
    }

    /// <summary>Runs to the end and returns how long that took.</summary>
    /// <exception cref="InvalidOperationException">The program failed.</exception>
    internal static TimeSpan Time(ProcessStartInfo start)
    {
        long begin = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        TimeSpan passed = Stopwatch.GetElapsedTime(begin);
        return process.ExitCode == 0
            ? passed
            : throw new InvalidOperationException($"{start.FileName} ended with exit code {process.ExitCode}.");
    }

    /// <summary>Runs to the end and returns what was printed.</summary>
    /// <exception cref="InvalidOperationException">The program failed.</exception>
    internal static string Output(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{start.FileName} failed: {output}");
    }
}
