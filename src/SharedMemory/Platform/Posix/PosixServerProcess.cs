using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing;

/// <summary>
/// A server by <c>posix_spawn</c>, because <see cref="System.Diagnostics.Process"/> cannot say two things that must hold from the
/// first instruction on: that the child leads a session of its own, so that a signal to the owner's process group or terminal does not
/// reach it, and that the signals that ask a process to end (HUP, INT, QUIT, TERM) are blocked in it. The server ends when its owner
/// does, and only SIGKILL ends it before.
/// </summary>
internal sealed unsafe class PosixServerProcess : ServerProcess
{
    /// <summary>Where the child has its copy of the lease. It never looks at it.</summary>
    internal const int LeaseDescriptor = 3;

    private readonly AnonymousPipeServerStream _input = new(PipeDirection.Out, HandleInheritability.None);
    private readonly AnonymousPipeServerStream _output = new(PipeDirection.In, HandleInheritability.None);
    private readonly SafeFileHandle _errors = OpenErrors();
    private readonly PosixChild _child;

    internal PosixServerProcess(ServerCommand command)
    {
        try
        {
            _child = new PosixChild(Spawn(command));
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            // The child has its own copies; ours would hide the end of the other side.
            _input.DisposeLocalCopyOfClientHandle();
            _output.DisposeLocalCopyOfClientHandle();
        }
    }

    internal override int Id => _child.Id;

    internal override Stream Input => _input;

    internal override Stream Output => _output;

    internal override string LastWords()
    {
        try
        {
            long start = Math.Max(0, RandomAccess.GetLength(_errors) - LastWordsBytes);
            byte[] words = new byte[LastWordsBytes];
            int read = RandomAccess.Read(_errors, words, start);
            return Encoding.UTF8.GetString(words, 0, read).Trim();
        }
        catch (ObjectDisposedException)
        {
            return "";
        }
    }

    internal override int? WaitForExit(TimeSpan patience)
    {
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (!_child.TryReap())
        {
            if (Environment.TickCount64 >= deadline)
            {
                return null;
            }

            Thread.Sleep(1);
        }

        return _child.ExitCode;
    }

    internal override void WaitForDeath() => _child.WaitForDeath();

    internal override void Kill() => _child.Send(LibcProcess.SIGKILL);

    public override void Dispose()
    {
        base.Dispose();
        _errors.Dispose();
    }

    /// <summary>A file without a name: what the server writes there blocks nobody and needs no reader.</summary>
    private static SafeFileHandle OpenErrors()
    {
        if (OperatingSystem.IsMacOS())
        {
            return File.OpenHandle(
                Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
                FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.DeleteOnClose);
        }

        fixed (byte* label = "psm-server-stderr\0"u8)
        {
            int fd = Libc.memfd_create(label, Libc.MFD_CLOEXEC);
            return fd >= 0
                ? new SafeFileHandle(fd, ownsHandle: true)
                : throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
        }
    }

    private int Spawn(ServerCommand command)
    {
        using var arguments = new NativeStrings((List<string>)[command.FileName, .. command.Arguments]);
        using var environment = new NativeStrings(command.Environment);
        byte* attributes = stackalloc byte[LibcProcess.OpaqueBytes];
        byte* actions = stackalloc byte[LibcProcess.OpaqueBytes];
        byte* signals = stackalloc byte[LibcProcess.OpaqueBytes];

        Check(LibcProcess.posix_spawnattr_init(attributes), command);
        Check(LibcProcess.posix_spawn_file_actions_init(actions), command);
        try
        {
            _ = LibcProcess.sigfillset(signals);
            Check(LibcProcess.posix_spawnattr_setsigdefault(attributes, signals), command);
            _ = LibcProcess.sigemptyset(signals);
            _ = LibcProcess.sigaddset(signals, LibcProcess.SIGHUP);
            _ = LibcProcess.sigaddset(signals, LibcProcess.SIGINT);
            _ = LibcProcess.sigaddset(signals, LibcProcess.SIGQUIT);
            _ = LibcProcess.sigaddset(signals, LibcProcess.SIGTERM);
            Check(LibcProcess.posix_spawnattr_setsigmask(attributes, signals), command);
            short flags = (short)(LibcProcess.POSIX_SPAWN_SETSIGDEF
                | LibcProcess.POSIX_SPAWN_SETSIGMASK | LibcProcess.POSIX_SPAWN_SETSID);
            Check(LibcProcess.posix_spawnattr_setflags(attributes, flags), command);

            AddDescriptor(actions, _input.ClientSafePipeHandle, 0, command);
            AddDescriptor(actions, _output.ClientSafePipeHandle, 1, command);
            AddDescriptor(actions, _errors, 2, command);
            if (command.Lease is { Descriptor: >= 0 } lease)
            {
                // The lock goes with the descriptor: from its first instruction on the child holds it too.
                Check(LibcProcess.posix_spawn_file_actions_adddup2(actions, lease.Descriptor, LeaseDescriptor), command);
            }

            int pid;
            Check(
                LibcProcess.posix_spawn(&pid, arguments.Pointer[0], actions, attributes, arguments.Pointer, environment.Pointer), command);
            return pid;
        }
        finally
        {
            _ = LibcProcess.posix_spawn_file_actions_destroy(actions);
            _ = LibcProcess.posix_spawnattr_destroy(attributes);
        }
    }

    private static void AddDescriptor(byte* actions, SafeHandle handle, int target, ServerCommand command) =>
        Check(LibcProcess.posix_spawn_file_actions_adddup2(actions, (int)handle.DangerousGetHandle(), target), command);

    private static void Check(int errno, ServerCommand command)
    {
        if (errno != 0)
        {
            throw new IOException($"Could not start '{command.FileName}': {Marshal.GetPInvokeErrorMessage(errno)}.");
        }
    }
}
