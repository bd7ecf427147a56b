using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing;

/// <summary>A program by <c>posix_spawnp</c>, with all that it inherits and SIGPIPE as it was before .NET.</summary>
internal sealed unsafe class PosixCommandProcess : CommandProcess
{
    private readonly PosixChild _child;

    internal PosixCommandProcess(string program, IReadOnlyList<string> arguments, IEnumerable<string> environment)
    {
        int errno = Spawn(program, arguments, environment, out int pid);
        if (errno != 0)
        {
            string message = $"{program}: {Marshal.GetPInvokeErrorMessage(errno)}";
            throw errno == Errno.ENOENT ? new FileNotFoundException(message, program) : new IOException(message);
        }

        _child = new PosixChild(pid);
    }

    /// <summary>Whether this process is of the group that the keys of its terminal send signals to.</summary>
    internal static bool IsInForeground
    {
        get
        {
            fixed (byte* terminal = "/dev/tty\0"u8)
            {
                using var file = new SafeFileHandle(Libc.Open(terminal, Libc.O_RDONLY | Libc.O_CLOEXEC, 0), ownsHandle: true);
                return !file.IsInvalid && LibcProcess.tcgetpgrp((int)file.DangerousGetHandle()) == LibcProcess.getpgrp();
            }
        }
    }

    internal override int Id => _child.Id;

    internal override int WaitForExit()
    {
        do
        {
            _child.WaitForDeath();
        }
        while (!_child.TryReap());
        return _child.EndingSignal == 0 ? _child.ExitCode : 128 + _child.EndingSignal;
    }

    internal override void Send(PosixSignal signal) => _child.Send(NumberOf(signal));

    private static int Spawn(string program, IReadOnlyList<string> arguments, IEnumerable<string> environment, out int pid)
    {
        using var argv = new NativeStrings([program, .. arguments]);
        using var envp = new NativeStrings([.. environment]);
        byte* attributes = stackalloc byte[LibcProcess.OpaqueBytes];
        byte* signals = stackalloc byte[LibcProcess.OpaqueBytes];
        pid = 0;
        int errno = LibcProcess.posix_spawnattr_init(attributes);
        if (errno != 0)
        {
            return errno;
        }

        try
        {
            _ = LibcProcess.sigemptyset(signals);
            _ = LibcProcess.sigaddset(signals, LibcProcess.SIGPIPE);
            _ = LibcProcess.posix_spawnattr_setsigdefault(attributes, signals);
            _ = LibcProcess.posix_spawnattr_setflags(attributes, LibcProcess.POSIX_SPAWN_SETSIGDEF);
            int id;
            errno = LibcProcess.posix_spawnp(&id, argv.Pointer[0], null, attributes, argv.Pointer, envp.Pointer);
            pid = id;
            return errno;
        }
        finally
        {
            _ = LibcProcess.posix_spawnattr_destroy(attributes);
        }
    }
}
