using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <content>How a block gets its size and its pages, and how an attach waits for it.</content>
internal sealed unsafe partial class PosixBackend
{
    /// <summary>
    /// How long an attach waits for a creator that does not get on with it. The size comes last, and reserving a big block takes
    /// seconds, but as long as the block gains pages the creator is at work.
    /// </summary>
    private static readonly TimeSpan SizingPatience = TimeSpan.FromMilliseconds(200);

    // A macOS block has whole pages; a file has what it has, there too.
    public long SizeAsAttached(bool isFile, long size)
    {
        long page = Environment.SystemPageSize;
        return IsMacOS && !isFile ? (size + page - 1) / page * page : size;
    }

    /// <summary>Gives a new block the mode that was asked for: that of open() is less the umask, and memfd_create() takes none.</summary>
    private static void SetMode(int fd, string name, SharedMemoryOptions options)
    {
        if (Libc.fchmod(fd, (uint)options.Mode) != 0)
        {
            throw PosixError.ToException(Marshal.GetLastPInvokeError(), name, "set the mode of");
        }
    }

    /// <summary>Gives a new block, anonymous if it is nowhere, its size and, if asked, all its pages.</summary>
    private static void SetSize(int fd, string name, long size, SharedMemoryOptions options, BlockName? where)
    {
        int errno;
        do
        {
            errno = !options.Reserve || IsMacOS ? Truncate(fd, size)
                : where is { IsFile: true } ? ReserveFile(fd, size)
                : Libc.posix_fallocate(fd, 0, size);
        }
        while (errno == Errno.EINTR);

        if (errno == Errno.ENOSPC || errno == Errno.EDQUOT || errno == Errno.EFBIG || errno == Errno.ENOMEM)
        {
            throw Full(name, size, where);
        }

        if (errno != 0)
        {
            throw PosixError.ToException(errno, name, "size");
        }
    }

    /// <summary>
    /// Takes the pages first and sets the size last, at once, because a size that others see says that the block is whole. (In shared
    /// memory <c>posix_fallocate</c> does so; a file on ext4 it grows by and by, and an attach would map the part that is there.)
    /// </summary>
    private static int ReserveFile(int fd, long size)
    {
        if (Libc.fallocate(fd, Libc.FALLOC_FL_KEEP_SIZE, 0, size) == 0)
        {
            return Truncate(fd, size);
        }

        int errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.EOPNOTSUPP)
        {
            return errno;
        }

        // A file system that cannot: glibc writes to every page instead, musl refuses.
        errno = Libc.posix_fallocate(fd, 0, size);
        return errno == Errno.EOPNOTSUPP ? Truncate(fd, size) : errno;
    }

    private static int Truncate(int fd, long size) => Libc.ftruncate(fd, size) == 0 ? 0 : Marshal.GetLastPInvokeError();

    public long? FreeSpace => CanList ? FreeBytes(SharedMemoryDirectory) : null;

    private static long? FreeBytes(string where)
    {
        try
        {
            return new DriveInfo(where).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What was asked, what is free there, and the remedy, which depends on where the bytes were to be.</summary>
    private static SharedMemoryFullException Full(string name, long size, BlockName? where)
    {
        if (where is BlockName { IsFile: true, Text: string path })
        {
            string folder = Path.GetDirectoryName(path)!;
            return new(name, size, FreeBytes(folder), folder, "Free some space there, or choose another disk.");
        }

        if (where is null || IsMacOS)
        {
            return new(
                name, size, null, "the memory", "Close blocks that are no longer used, or raise the memory limit of the container.");
        }

        return new(
            name,
            size,
            FreeBytes(SharedMemoryDirectory),
            SharedMemoryDirectory,
            $"Unlink blocks that are no longer used, enlarge it (mount -o remount,size=… {SharedMemoryDirectory}), "
                + "or start the container with a larger --shm-size.");
    }

    private static FileStatus WaitForSize(int fd, BlockName name)
    {
        long pages = -1;
        long deadline = 0;
        while (true)
        {
            if (!FileStatus.TryOf(fd, out FileStatus status))
            {
                throw Failure(name, "attach to");
            }

            if (status.Size > 0)
            {
                return status;
            }

            long now = Environment.TickCount64;
            if (status.Blocks != pages)
            {
                pages = status.Blocks;
                deadline = now + (long)SizingPatience.TotalMilliseconds;
            }
            else if (now >= deadline)
            {
                throw new InvalidDataException(
                    $"The block '{name}' exists, but has no size: its creator has not come to that yet, or died before it did.");
            }

            Thread.Sleep(1);
        }
    }
}
