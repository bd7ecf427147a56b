using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing;

/// <summary>
/// Blocks by <c>shm_open</c> and <c>mmap</c> (POSIX.1-2008), as CPython makes them: <c>O_CREAT|O_EXCL</c>, close-on-exec, sized exactly.
/// </summary>
/// <remarks>
/// What a death leaves: before <c>shm_open</c> nothing; between it and the sizing a block of size 0, which an attach reports and
/// <see cref="TryUnlink"/> removes; afterwards a block of zeros.
/// </remarks>
internal sealed unsafe class PosixBackend : IBlockBackend
{
    private const string SharedMemoryDirectory = "/dev/shm";
    private const int PathOnStack = 512;

    /// <summary>
    /// How long an attach waits for a creator that does not get on with it. The size comes last, and reserving a big block takes
    /// seconds, but as long as the block gains pages the creator is at work.
    /// </summary>
    private static readonly TimeSpan SizingPatience = TimeSpan.FromMilliseconds(200);

    private static bool IsMacOS { get; } = OperatingSystem.IsMacOS();

    public int MaxNameBytes => IsMacOS ? 30 : 255;

    public bool CanList => !IsMacOS;

    public bool LivesByHandles => false;

    // The framework's own generator loads OpenSSL first: some 10 ms of a program's start.
    public void FillRandom(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            if (Libc.getentropy(bytes, (nuint)buffer.Length) != 0)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
            }
        }
    }

    public Mapping Create(BlockName name, long size, SharedMemoryOptions options, ReadOnlySpan<byte> end)
    {
        int fd = Open(name, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL, (uint)options.Mode);
        if (fd < 0)
        {
            throw name.IsFile && Marshal.GetLastPInvokeError() == Errno.ENOENT
                ? new DirectoryNotFoundException($"There is no directory for the file '{name.Text}'.")
                : Failure(name, "create");
        }

        try
        {
            Prepare(fd, name.ToString(), size, options, name);
            if (!IsMacOS)
            {
                WriteEnd(fd, name, size, end);
            }

            var mapping = new PosixMapping(name.ToString(), Map(fd, name.ToString(), size, readOnly: false), size, options.Mode, isReadOnly: false);
            if (IsMacOS)
            {
                mapping.WriteEnd(end);
            }

            return mapping;
        }
        catch
        {
            // It is ours: O_EXCL says so.
            TryUnlink(name);
            throw;
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    public Mapping CreateAnonymous(long size, SharedMemoryOptions options)
    {
        int fd = OpenAnonymous(options);
        string name = $"{BlockName.FileScheme}/proc/{Environment.ProcessId}/fd/{fd}";
        try
        {
            Prepare(fd, name, size, options, where: null);
            return new PosixMapping(name, Map(fd, name, size, readOnly: false), size, options.Mode, isReadOnly: false, fd);
        }
        catch
        {
            _ = Libc.close(fd);
            throw;
        }
    }

    public Mapping Attach(BlockName name, bool readOnly, EndOfBlock end)
    {
        int fd = Open(name, readOnly ? Libc.O_RDONLY : Libc.O_RDWR, 0);
        if (fd < 0)
        {
            throw Failure(name, "attach to");
        }

        try
        {
            FileStatus status = WaitForSize(fd, name);
            nint address = Map(fd, name.ToString(), status.Size, readOnly);
            var mapping = new PosixMapping(name.ToString(), address, status.Size, status.Mode, readOnly);
            if (!TryReadEnd(fd, status.Size, end))
            {
                end.Read(mapping);
            }

            return mapping;
        }
        finally
        {
            _ = Libc.close(fd);
        }
    }

    public bool TryUnlink(BlockName name)
    {
        int result;
        byte* buffer = stackalloc byte[PathOnStack];
        using (NativePath path = new(name, buffer, PathOnStack))
        {
            result = name.IsFile ? Libc.unlink(path.Bytes) : Libc.shm_unlink(path.Bytes);
        }

        if (result == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == Errno.ENOENT ? false : throw Failure(name, "unlink");
    }

    public void UnlinkAll(string prefix, ISet<string> removed, List<string> failures)
    {
        ThrowIfNotListable();
        PosixSweep.Run(SharedMemoryDirectory, prefix, removed, failures);
    }

    public bool TryLink(BlockName name, BlockName second)
    {
        if (!CanList)
        {
            return false;
        }

        // There is no shm_link: on Linux a block is a file of that folder.
        fixed (byte* from = Encoding.UTF8.GetBytes($"{SharedMemoryDirectory}/{name.Text}\0"),
            to = Encoding.UTF8.GetBytes($"{SharedMemoryDirectory}/{second.Text}\0"))
        {
            if (Libc.link(from, to) == 0)
            {
                return true;
            }
        }

        return Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.EEXIST ? false : throw Failure(name, "guard");
    }

    public bool Exists(BlockName name)
    {
        if (CanList)
        {
            // Looked at and not opened: a process that is out of descriptors must not take a block for gone.
            string path = name.IsFile ? name.Text : $"{SharedMemoryDirectory}/{name.Text}";
            if (FileStatus.TryOfPath(path, followLinks: name.IsFile, out FileStatus status))
            {
                return status.IsRegularFile;
            }

            return Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENOTDIR ? false : throw Failure(name, "look for");
        }

        int fd = Open(name, Libc.O_RDONLY, 0);
        if (fd >= 0)
        {
            _ = Libc.close(fd);
            return true;
        }

        // A block that may not be opened exists all the same.
        return Marshal.GetLastPInvokeError() switch
        {
            Errno.ENOENT or Errno.ENOTDIR => false,
            Errno.EACCES or Errno.EPERM => true,
            _ => throw Failure(name, "look for"),
        };
    }

    // A macOS block has whole pages; a file has what it has, there too.
    public long SizeAsAttached(bool isFile, long size)
    {
        long page = Environment.SystemPageSize;
        return IsMacOS && !isFile ? (size + page - 1) / page * page : size;
    }

    public bool TryLookAt(BlockName name, out FileStatus status)
    {
        if (CanList)
        {
            return FileStatus.TryOfPath(name.IsFile ? name.Text : $"{SharedMemoryDirectory}/{name.Text}", followLinks: name.IsFile, out status)
                && status.IsRegularFile;
        }

        status = default;
        return false;
    }

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

    public List<string> ListNames(string prefix)
    {
        ThrowIfNotListable();

        // The names alone: the paths, which EnumerateFiles makes, nobody wants.
        return
        [
            .. new FileSystemEnumerable<string>(
                SharedMemoryDirectory, static (ref FileSystemEntry entry) => entry.FileName.ToString(), new EnumerationOptions { AttributesToSkip = 0 })
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                    !entry.IsDirectory && entry.FileName.StartsWith(prefix, StringComparison.Ordinal),
            },
        ];
    }

    public List<(string Name, FileStatus Status)> ListStatuses(string prefix)
    {
        List<string> names = ListNames(prefix);
        names.RemoveAll(BlockName.IsOfTheHouse);
        names.Sort(StringComparer.Ordinal);
        var blocks = new List<(string, FileStatus)>(names.Count);
        using SafeFileHandle folder = PosixFolder.Open(SharedMemoryDirectory);
        foreach (string name in names)
        {
            // One that goes while we look was not there.
            if (FileStatus.TryOfEntry(folder, name, out FileStatus status) && status.IsRegularFile)
            {
                blocks.Add((name, status));
            }
        }

        return blocks;
    }

    public IReadOnlyList<SharedMemoryInfo> List(string prefix) =>
        ListStatuses(prefix).ConvertAll(
            static block => new SharedMemoryInfo(block.Name, block.Status.Size, block.Status.Mode, block.Status.OwnerUserId, KindOf(block.Name))
            {
                Created = DateTimeOffset.FromUnixTimeMilliseconds(block.Status.ModifiedMilliseconds),
            });

    private void ThrowIfNotListable()
    {
        if (!CanList)
        {
            throw new PlatformNotSupportedException("This system cannot list the blocks that exist.");
        }
    }

    private static string? KindOf(string name)
    {
        int fd = Open(BlockName.Parse(name), Libc.O_RDONLY | Libc.O_NOFOLLOW, 0);
        if (fd < 0)
        {
            return null;
        }

        using var file = new SafeFileHandle(fd, ownsHandle: true);
        Span<byte> start = stackalloc byte[StructureHeader.ByteSize];
        return StructureHeader.KindOf(start[..RandomAccess.Read(file, start, 0)]);
    }

    private static int Open(BlockName name, int flags, uint mode)
    {
        byte* buffer = stackalloc byte[PathOnStack];
        using NativePath path = new(name, buffer, PathOnStack);
        while (true)
        {
            // Not to wait is of no meaning for a regular file; it is there for a path that turns out to be a pipe.
            int fd = name.IsFile
                ? Libc.Open(path.Bytes, flags | Libc.O_CLOEXEC | Libc.O_NONBLOCK, mode)
                : Libc.ShmOpen(path.Bytes, flags | (IsMacOS ? 0 : Libc.O_CLOEXEC), mode);
            if (fd >= 0 || Marshal.GetLastPInvokeError() != Errno.EINTR)
            {
                return fd;
            }
        }
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

    private static int OpenAnonymous(SharedMemoryOptions options)
    {
        if (IsMacOS)
        {
            // No memfd there: a name that lives for two system calls.
            BlockName name = BlockName.Automatic();
            int opened = Open(name, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL, (uint)options.Mode);
            if (opened < 0)
            {
                throw Failure(name, "create");
            }

            BlockBackend.Current.TryUnlink(name);
            return opened;
        }

        int fd;
        fixed (byte* label = "psm\0"u8)
        {
            fd = Libc.memfd_create(label, Libc.MFD_CLOEXEC);
        }

        return fd >= 0 ? fd : throw PosixError.ToException(Marshal.GetLastPInvokeError(), "anonymous", "create");
    }

    /// <summary>Gives a new block, anonymous if it is nowhere, its mode, its size and, if asked, all its pages.</summary>
    private static void Prepare(int fd, string name, long size, SharedMemoryOptions options, BlockName? where)
    {
        // The mode of open() is less the umask, and memfd_create() takes none.
        if (Libc.fchmod(fd, (uint)options.Mode) != 0)
        {
            throw PosixError.ToException(Marshal.GetLastPInvokeError(), name, "set the mode of");
        }

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

    private static nint Map(int fd, string name, long size, bool readOnly)
    {
        int protection = readOnly ? Libc.PROT_READ : Libc.PROT_READ | Libc.PROT_WRITE;
        nint address = Libc.mmap(0, (nuint)size, protection, Libc.MAP_SHARED, fd, 0);
        return address != -1 ? address : throw PosixError.ToException(Marshal.GetLastPInvokeError(), name, "map");
    }

    private static Exception Failure(BlockName name, string verb) =>
        PosixError.ToException(Marshal.GetLastPInvokeError(), name.ToString(), verb);

    /// <summary>A name as the C library takes it: UTF-8, NUL at the end, and a leading slash for shared memory.</summary>
    private ref struct NativePath
    {
        private readonly byte[]? _longName;

        internal NativePath(BlockName name, byte* buffer, int size)
        {
            int most = Encoding.UTF8.GetMaxByteCount(name.Text.Length) + 2;
            if (most > size)
            {
                _longName = GC.AllocateUninitializedArray<byte>(most, pinned: true);
                Bytes = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_longName, 0);
            }
            else
            {
                Bytes = buffer;
            }

            int start = 0;
            if (!name.IsFile)
            {
                Bytes[start++] = (byte)'/';
            }

            int written = Encoding.UTF8.GetBytes(name.Text, new Span<byte>(Bytes + start, most - start));
            Bytes[start + written] = 0;
        }

        internal byte* Bytes { get; }

        internal readonly void Dispose() => GC.KeepAlive(_longName);
    }
}
