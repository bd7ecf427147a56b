using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing;

/// <summary>
/// A lease by <c>flock(2)</c>. The lock belongs to the open file, not to a process: who inherits the descriptor holds it too, and it is free when
/// the last copy is closed.
/// </summary>
/// <remarks>
/// Creation on Linux: 1 a file without a name (<c>O_TMPFILE</c>) → 2 <c>flock</c> → 3 write → 4 <c>linkat</c>. A death before 4 leaves nothing, and who sees the
/// file sees it locked. Where that cannot be had: 1 <c>open(O_CREAT|O_EXCL)</c> → 2 <c>flock</c> → 3 write. A death after 1 leaves an empty lease that anybody
/// wins, and one who wins it between 1 and 2 makes step 2 fail: the creation begins anew under another name.
/// (.NET's own file locks are not used: an environment variable switches them off.)
/// </remarks>
internal sealed class PosixLeaseFile : LeaseFile
{
    private const int MostContent = 4096;
    private readonly SafeFileHandle _handle;
    private readonly string _path;
    private bool _isNameless;

    private PosixLeaseFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    internal override string Content
    {
        get
        {
            byte[] bytes = new byte[MostContent];
            return Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(_handle, bytes, 0));
        }
    }

    internal override int Descriptor => (int)_handle.DangerousGetHandle();

    internal static PosixLeaseFile? Prepare(string name, string content)
    {
        string path = Path.Combine(Directory, name);
        int errno = 0;
        PosixLeaseFile? lease = OpenWithoutName(path) ?? Open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL, out errno);
        if (lease is null)
        {
            return errno == Errno.EEXIST
                ? null
                : throw new IOException($"Could not make the lease {path}: {Marshal.GetPInvokeErrorMessage(errno)}.");
        }

        if (!lease.TryLock() || !(lease._isNameless || lease.IsLinked()))
        {
            lease.Dispose();
            return null;
        }

        RandomAccess.Write(lease._handle, Encoding.UTF8.GetBytes(content), 0);
        return lease;
    }

    internal override unsafe bool TryPublish()
    {
        if (_isNameless)
        {
            fixed (byte* from = Encoding.UTF8.GetBytes($"/proc/self/fd/{Descriptor}\0"), to = Encoding.UTF8.GetBytes(_path + '\0'))
            {
                _isNameless = Libc.linkat(Libc.AT_FDCWD, from, Libc.AT_FDCWD, to, Libc.AT_SYMLINK_FOLLOW) != 0;
            }
        }

        return !_isNameless;
    }

    internal static PosixLeaseFile? Win(string name)
    {
        PosixLeaseFile? lease = Open(Path.Combine(Directory, name), Libc.O_RDWR, out _);
        if (lease is null)
        {
            return null;
        }

        // Root may open everybody's: what another user's processes left is theirs to clean up.
        if (lease.IsOurs() && lease.TryLock() && lease.IsLinked())
        {
            return lease;
        }

        lease.Dispose();
        return null;
    }

    internal static LeaseLook? LookAt(string name)
    {
        using PosixLeaseFile? lease = Open(Path.Combine(Directory, name), Libc.O_RDONLY, out int errno);
        if (lease is null)
        {
            return errno == Errno.ENOENT ? null : new LeaseLook(name, LeaseState.Unknown, "", IsOurs: false);
        }

        // Closing it lets the lock go again.
        return new LeaseLook(
            name,
            Libc.flock(lease.Descriptor, Libc.LOCK_SH | Libc.LOCK_NB) == 0 ? LeaseState.Free : LeaseState.Held,
            lease.Content,
            lease.IsOurs());
    }

    internal override void Remove() => File.Delete(_path);

    public override void Dispose() => _handle.Dispose();

    private static PosixLeaseFile? OpenWithoutName(string path)
    {
        // Without /proc it could not be given a name later.
        if (!OperatingSystem.IsLinux() || !System.IO.Directory.Exists("/proc/self/fd"))
        {
            return null;
        }

        PosixLeaseFile? nameless = Open(Path.GetDirectoryName(path)!, Libc.O_RDWR | Libc.O_TMPFILE, out _);
        if (nameless is null)
        {
            return null;
        }

        return new PosixLeaseFile(nameless._handle, path) { _isNameless = true };
    }

    private static unsafe PosixLeaseFile? Open(string path, int flags, out int errno)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + '\0'))
        {
            int fd = Libc.Open(bytes, flags | Libc.O_CLOEXEC | Libc.O_NOFOLLOW, (uint)(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
            return fd < 0 ? null : new PosixLeaseFile(new SafeFileHandle(fd, ownsHandle: true), path);
        }
    }

    private bool TryLock() => Libc.flock(Descriptor, Libc.LOCK_EX | Libc.LOCK_NB) == 0;

    private bool IsOurs() => FileStatus.TryOf(Descriptor, out FileStatus status) && status.OwnerUserId == LibcProcess.geteuid();

    private bool IsLinked() => FileStatus.TryOf(Descriptor, out FileStatus status) && status.Links > 0;
}
