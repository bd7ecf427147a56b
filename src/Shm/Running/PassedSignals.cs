using System.Runtime.InteropServices;

namespace Multiprocessing.Shm;

/// <summary>The signals that ask a program to end: they are passed on to a command, and do not end this process, which has something to tidy up after it.</summary>
/// <remarks>
/// A key of the terminal (Ctrl-C) sends its signal to all of the foreground process group, so the command has it already and would take a second one for impatience. A signal
/// does not say where it comes from here, so SIGINT and SIGQUIT are not passed on while this process is in the foreground of a terminal.
/// </remarks>
internal sealed class PassedSignals : IDisposable
{
    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];

    private readonly Lock _lock = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private CommandProcess? _command;
    private PosixSignal? _early;

    internal PassedSignals()
    {
        foreach (PosixSignal signal in Signals)
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, Pass));
        }
    }

    /// <summary>A signal that came before there was a command.</summary>
    internal PosixSignal? Early
    {
        get
        {
            lock (_lock)
            {
                return _early;
            }
        }
    }

    /// <summary>To whom they go from now on, those that have come already too.</summary>
    internal void PassTo(CommandProcess command)
    {
        lock (_lock)
        {
            _command = command;
            if (_early is PosixSignal signal)
            {
                command.Send(signal);
            }
        }
    }

    public void Dispose() => _registrations.ForEach(static registration => registration.Dispose());

    private void Pass(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_lock)
        {
            if (_command is null)
            {
                _early = context.Signal;
            }
            else if (context.Signal is not (PosixSignal.SIGINT or PosixSignal.SIGQUIT) || !CommandProcess.HasTerminalSignals)
            {
                _command.Send(context.Signal);
            }
        }
    }
}
