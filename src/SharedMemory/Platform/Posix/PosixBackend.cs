using System.Runtime.InteropServices;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// Blocks by <c>shm_open</c> and <c>mmap</c> (POSIX.1-2008), as CPython makes them: <c>O_CREAT|O_EXCL</c>, close-on-exec, sized exactly.
/// </summary>
/// <remarks>
/// What a death leaves: before <c>shm_open</c> nothing; between it and the sizing a block of size 0, which an attach reports and
/// <see cref="TryUnlink"/> removes; afterwards a block of zeros.
/// </remarks>
internal sealed unsafe partial class PosixBackend : IBlockBackend
{
    private const string SharedMemoryDirectory = "/dev/shm";
    private const int PathOnStack = 512;

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
            SetMode(fd, name.ToString(), options);
            if (!TryWriteAll(fd, name, size, end))
            {
                SetSize(fd, name.ToString(), size, options, name);
                if (!IsMacOS)
                {
                    WriteEnd(fd, name, size, end);
                }
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
            SetMode(fd, name, options);
            SetSize(fd, name, size, options, where: null);
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
