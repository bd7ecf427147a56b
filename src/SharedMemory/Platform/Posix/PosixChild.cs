using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>A child process by its id: waited for, sent signals, and reaped once, after which the id may be somebody else's.</summary>
internal sealed unsafe class PosixChild(int id)
{
    private readonly Lock _lock = new();
    private bool _reaped;

    internal int Id => id;

    /// <summary>What it ended with; -1 if a signal ended it, or if that is not known. To be asked when it is reaped.</summary>
    internal int ExitCode { get; private set; } = -1;

    /// <summary>The signal that ended it; 0 if none did.</summary>
    internal int EndingSignal { get; private set; }

    /// <summary>Waits, for as long as it takes, until it has ended, and does not reap it.</summary>
    internal void WaitForDeath()
    {
        byte* information = stackalloc byte[LibcProcess.OpaqueBytes];
        while (LibcProcess.waitid(LibcProcess.P_PID, (uint)id, information, LibcProcess.WEXITED | LibcProcess.WNOWAIT) != 0
            && Marshal.GetLastPInvokeError() == Errno.EINTR)
        {
        }
    }

    /// <summary>Reaps it if it has ended; false if it lives.</summary>
    internal bool TryReap()
    {
        lock (_lock)
        {
            if (!_reaped)
            {
                int status;
                int result = LibcProcess.waitpid(id, &status, LibcProcess.WNOHANG);

                // ECHILD: the kernel reaped it, as it does for a process that ignores SIGCHLD.
                _reaped = result == id || (result < 0 && Marshal.GetLastPInvokeError() == Errno.ECHILD);
                if (result == id)
                {
                    // <sys/wait.h>: the low seven bits are the signal, or 0 and the code is above them.
                    EndingSignal = status & 0x7f;
                    ExitCode = EndingSignal == 0 ? (status >> 8) & 0xff : -1;
                }
            }

            return _reaped;
        }
    }

    /// <summary>Sends it a signal, unless it is reaped.</summary>
    internal void Send(int signal)
    {
        lock (_lock)
        {
            if (!_reaped)
            {
                _ = LibcProcess.kill(id, signal);
            }
        }
    }
}
