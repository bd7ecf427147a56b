using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>This process, as a program among others in a shell.</summary>
internal static unsafe class OwnProcess
{
    private const int StandardOutput = 1;

    /// <summary>Whether nobody will read any more what is written to the standard output: .NET writes on, and says nothing.</summary>
    internal static bool OutputIsClosed
    {
        get
        {
            if (OperatingSystem.IsWindows())
            {
                return false;
            }

            var poll = new LibcProcess.PollFd { Fd = StandardOutput };
            return LibcProcess.poll(&poll, 1, 0) > 0;
        }
    }

    /// <summary>
    /// Tells a program that draws on a terminal when it is to give that back, as it is stopped (Ctrl-Z), when it may have it again, and when that has another size. Nothing of it where a console has
    /// no signals for that.
    /// </summary>
    /// <returns>What is to be disposed to hear no more.</returns>
    internal static IReadOnlyList<IDisposable> WatchTerminal(Action stopping, Action continued, Action resized)
    {
        if (OperatingSystem.IsWindows())
        {
            return [];
        }

        return
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context =>
            {
                context.Cancel = true;
                stopping();
                _ = LibcProcess.kill(Environment.ProcessId, LibcProcess.SIGSTOP);
            }),
            PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => continued()),
            PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => resized()),
        ];
    }
}
