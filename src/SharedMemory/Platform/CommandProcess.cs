using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// A program that runs as if it had been started instead of this one: with this process's standard streams, terminal, process group and working folder. (A
/// <see cref="System.Diagnostics.Process"/> starts with SIGPIPE ignored, as .NET has it, and pipelines in it do not end.)
/// </summary>
internal abstract class CommandProcess
{
    /// <summary>Its process id.</summary>
    internal abstract int Id { get; }

    /// <summary>
    /// Whether this process gets the signals of a terminal's keys. They go to all of the foreground process group, so a child of ours has them already.
    /// </summary>
    internal static bool HasTerminalSignals => OperatingSystem.IsWindows() || PosixCommandProcess.IsInForeground;

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its path, or its name if it is in one of the folders of PATH.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">The whole of its environment, <c>NAME=VALUE</c>.</param>
    /// <exception cref="FileNotFoundException">There is no such program.</exception>
    /// <exception cref="IOException">There is, and it cannot be run.</exception>
    internal static CommandProcess Start(string program, IReadOnlyList<string> arguments, IEnumerable<string> environment) =>
        OperatingSystem.IsWindows() ? new WindowsCommandProcess(program, arguments, environment) : new PosixCommandProcess(program, arguments, environment);

    /// <summary>Waits for its end: its exit code, or 128 and the number of the signal that ended it.</summary>
    internal abstract int WaitForExit();

    /// <summary>Passes a signal on to it, if it has not ended.</summary>
    internal abstract void Send(PosixSignal signal);

    /// <summary>The number of a signal.</summary>
    internal static int NumberOf(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => LibcProcess.SIGHUP,
        PosixSignal.SIGINT => LibcProcess.SIGINT,
        PosixSignal.SIGQUIT => LibcProcess.SIGQUIT,
        PosixSignal.SIGTERM => LibcProcess.SIGTERM,
        _ => throw new ArgumentOutOfRangeException(nameof(signal)),
    };
}
