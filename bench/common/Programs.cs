using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Multiprocessing.Bench;

/// <summary>Running programs, and this one again.</summary>
internal static class Programs
{
    /// <summary>This program, with other arguments.</summary>
    internal static ProcessStartInfo Self(params IEnumerable<string> arguments)
    {
        string self = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(self) == "dotnet"
            ? new ProcessStartInfo(self, [Assembly.GetEntryAssembly()!.Location, .. arguments])
            : new ProcessStartInfo(self, arguments);
    }

    /// <summary>Starts this program again, to do something for this process until it is told to end.</summary>
    internal static Process StartServant(params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = Self(arguments);
        start.RedirectStandardInput = true;
        return Process.Start(start)!;
    }

    /// <summary>In a servant: Ctrl-C is for who started it, and so is a polite signal to the group.</summary>
    internal static void IgnoreSignals()
    {
        foreach (PosixSignal signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM })
        {
            // Never disposed: it is for all of the servant's life.
            _ = PosixSignalRegistration.Create(signal, static context => context.Cancel = true);
        }
    }

    /// <summary>In a servant: ends this process when the one that started it has ended, and by nothing else.</summary>
    internal static void EndWithStarter()
    {
        IgnoreSignals();
        new Thread(static () =>
        {
            Console.In.ReadToEnd();
            Environment.Exit(1);
        })
        { IsBackground = true }.Start();
    }

    /// <summary>Runs to the end and returns how long that took.</summary>
    /// <exception cref="InvalidOperationException">The program failed, or is not there.</exception>
    internal static TimeSpan Time(ProcessStartInfo start)
    {
        long begin = Stopwatch.GetTimestamp();
        using Process process = Start(start);
        process.WaitForExit();
        TimeSpan passed = Stopwatch.GetElapsedTime(begin);
        return process.ExitCode == 0
            ? passed
            : throw new InvalidOperationException($"{start.FileName} ended with exit code {process.ExitCode}.");
    }

    /// <summary>Runs to the end and returns what was printed.</summary>
    /// <exception cref="InvalidOperationException">The program failed, or is not there.</exception>
    internal static string Output(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using Process process = Start(start);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{start.FileName} failed: {output}");
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(e.Message, e);
        }
    }
}
