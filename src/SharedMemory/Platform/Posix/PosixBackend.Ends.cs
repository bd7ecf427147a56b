using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing;

/// <content>The last bytes of a block, read and written by its descriptor.</content>
internal sealed unsafe partial class PosixBackend
{
    public long ReadEnd(BlockName name, EndOfBlock end)
    {
        int fd = Open(name, Libc.O_RDONLY, 0);
        if (fd < 0)
        {
            throw Failure(name, "read");
        }

        try
        {
            return FileStatus.TryOf(fd, out FileStatus status) && status.IsRegularFile && TryReadEnd(fd, status.Size, end)
                ? status.Size
                : throw Failure(name, "read");
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    /// <summary>Opens a block to be read and not mapped.</summary>
    internal static SafeFileHandle OpenToRead(BlockName name)
    {
        int fd = Open(name, Libc.O_RDONLY | Libc.O_NOFOLLOW, 0);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw Failure(name, "read");
    }

    /// <summary>Two looks at the last bytes of a file by read, where what is mapped can be read so; false with errno set where not.</summary>
    private static bool TryReadEnd(int fd, long size, EndOfBlock end)
    {
        if (end.Length == 0)
        {
            return true;
        }

        if (IsMacOS || !TryRead(fd, size, end.First(size)))
        {
            return false;
        }

        Interlocked.MemoryBarrier();
        return TryRead(fd, size, end.Second(size));
    }

    private static bool TryRead(int fd, long size, Span<byte> end)
    {
        fixed (byte* bytes = end)
        {
            return Libc.pread(fd, bytes, (nuint)end.Length, size - end.Length) == end.Length;
        }
    }

    /// <summary>
    /// Gives a block of one page its size, its page and its last bytes in one call. A write sets the size when it has copied, page by page (the kernel's
    /// <c>shmem_write_end</c>): so who sees the size sees the bytes.
    /// </summary>
    private static bool TryWriteAll(int fd, BlockName name, long size, ReadOnlySpan<byte> end)
    {
        if (IsMacOS || name.IsFile || end.Length == 0 || size > Environment.SystemPageSize)
        {
            return false;
        }

        Write(fd, name, size, end, size - end.Length);
        return true;
    }

    /// <summary>The last bytes of a new block, the first of them last: by write, which costs less than to map the page that they are in.</summary>
    private static void WriteEnd(int fd, BlockName name, long size, ReadOnlySpan<byte> end)
    {
        if (end.Length > 0)
        {
            Write(fd, name, size, end[1..], size - end.Length + 1);
            Write(fd, name, size, end[..1], size - end.Length);
        }
    }

    private static void Write(int fd, BlockName name, long size, ReadOnlySpan<byte> part, long offset)
    {
        fixed (byte* bytes = part)
        {
            if (Libc.pwrite(fd, bytes, (nuint)part.Length, offset) == part.Length)
            {
                return;
            }
        }

        // Where pages are not reserved, these are the first.
        int errno = Marshal.GetLastPInvokeError();
        throw errno == Errno.ENOSPC || errno == Errno.EDQUOT ? Full(name.ToString(), size, name) : Failure(name, "write");
    }
}
