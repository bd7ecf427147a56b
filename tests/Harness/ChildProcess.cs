using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

/// <summary>The tests' own child executable (tests/Child), started as <c>dotnet exec Child.dll VERB ARGS…</c>.</summary>
public sealed class ChildProcess : ConsoleProcess
{
    private ChildProcess(ProcessStartInfo start, string verb)
        : base(start, $"Child {verb}")
    {
    }

    /// <summary>Starts the child with a verb.</summary>
    public static ChildProcess Start(string verb, params string[] args) => Start(static _ => { }, verb, args);

    /// <summary>Starts the child with a verb, after <paramref name="configure"/> has seen to its environment, say.</summary>
    public static ChildProcess Start(Action<ProcessStartInfo> configure, string verb, params string[] args)
    {
        string child = Path.Combine(AppContext.BaseDirectory, "Child.dll");
        if (!File.Exists(child))
        {
            throw new FileNotFoundException("The tests' child executable does not lie beside the test assembly.", child);
        }
        // Who runs the tests in the background may have them ignore signals, which children inherit: a child that is sent one must not.
        string[] command = [DotnetHost(), "exec", child, verb, .. args];
        ProcessStartInfo start = OperatingSystem.IsLinux()
            ? new ProcessStartInfo("env", ["--default-signal", .. command])
            : new ProcessStartInfo(command[0], command[1..]);
        configure(start);
        return new ChildProcess(start, verb);
    }

    /// <summary>Runs a verb to its end (60 s at most) with an empty standard input.</summary>
    public static ProcessResult RunToEnd(string verb, params string[] args)
    {
        using ChildProcess child = Start(verb, args);
        return child.ToEnd();
    }

    /// <summary>
    /// The host of the runtime that runs this test. A test assembly is started by an executable of its own, so the path of
    /// the process does not tell; the runtime's folder, <c>…/shared/Microsoft.NETCore.App/10.0.x/</c>, does.
    /// </summary>
    private static string DotnetHost() => Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
