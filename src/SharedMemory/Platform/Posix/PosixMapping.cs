using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>A block mapped with mmap. An anonymous one keeps its descriptor open: that is how others reach it.</summary>
internal sealed unsafe class PosixMapping(
    string name, nint address, long size, UnixFileMode mode, bool isReadOnly, int anonymousFd = -1)
    : Mapping(name, address, size, mode, isReadOnly)
{
    // Who attached to an anonymous block reaches it by a descriptor of its creator, which is no name to remove either.
    internal override bool IsUnlinkable => anonymousFd < 0 && !Name.StartsWith("file:///proc/", StringComparison.Ordinal);

    internal override void Lock()
    {
        if (Libc.mlock(Address, (nuint)Size) == 0)
        {
            return;
        }

        int errno = Marshal.GetLastPInvokeError();
        if (errno == Errno.ENOMEM || errno == Errno.EAGAIN)
        {
            throw new InsufficientMemoryException(
                $"Could not lock the {Size} bytes of the block '{Name}': this user may lock {LockLimit()} (RLIMIT_MEMLOCK, see ulimit -l).");
        }

        throw errno == Errno.EPERM
            ? new UnauthorizedAccessException($"Could not lock the block '{Name}': this user may lock {LockLimit()} (RLIMIT_MEMLOCK, see ulimit -l).")
            : PosixError.ToException(errno, Name, "lock");
    }

    internal override void Unlock() => Check(Libc.munlock(Address, (nuint)Size), "unlock");

    internal override void Flush(bool wait, bool invalidate) =>
        Check(Libc.msync(Address, (nuint)Size, (wait ? Libc.MS_SYNC : Libc.MS_ASYNC) | (invalidate ? Libc.MS_INVALIDATE : 0)), "flush");

    internal override void Prefault(long byteOffset, long length)
    {
        if (!Libc.CanPopulate)
        {
            return;
        }

        long first = byteOffset & -(long)Environment.SystemPageSize;
        if (Libc.madvise(Address + (nint)first, (nuint)(byteOffset + length - first), IsReadOnly ? Libc.MADV_POPULATE_READ : Libc.MADV_POPULATE_WRITE) == 0)
        {
            return;
        }

        // Kernels before 5.14 do not know it: then the pages come as they are touched. A touch that would be a SIGBUS is a fault that is told.
        int errno = Marshal.GetLastPInvokeError();
        if (errno is Errno.EFAULT or Errno.ENOMEM)
        {
            throw PosixError.ToException(errno, Name, "have all pages of");
        }
    }

    protected override void Unmap()
    {
        // munmap of a range that mmap gave does not fail.
        _ = Libc.munmap(Address, (nuint)Size);
        if (anonymousFd >= 0)
        {
            _ = Libc.close(anonymousFd);
        }
    }

    private static string LockLimit()
    {
        ulong* limits = stackalloc ulong[2];
        int resource = OperatingSystem.IsMacOS() ? Libc.RLIMIT_MEMLOCK_MACOS : Libc.RLIMIT_MEMLOCK_LINUX;
        if (Libc.getrlimit(resource, limits) != 0)
        {
            return "less";
        }

        // RLIM_INFINITY is all ones on Linux, and all but the top bit on macOS: then it is the memory itself that is short.
        return limits[0] >= long.MaxValue ? "any number of bytes, but the memory is short" : $"{limits[0]} bytes";
    }

    private void Check(int result, string verb)
    {
        if (result != 0)
        {
            throw PosixError.ToException(Marshal.GetLastPInvokeError(), Name, verb);
        }
    }
}
