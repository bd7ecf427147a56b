using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The calls of the C library that blocks need, as they are declared there. Wrappers with .NET manners are in the backend.</summary>
internal static unsafe partial class Libc
{
    internal const int O_RDONLY = 0;
    internal const int O_RDWR = 2;

    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_SHARED = 1;
    internal const uint MFD_CLOEXEC = 1;
    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_FOLLOW = 0x400;
    internal const int LOCK_SH = 1;
    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;
    internal const int FALLOC_FL_KEEP_SIZE = 1;
    internal const int MADV_POPULATE_READ = 22;
    internal const int MADV_POPULATE_WRITE = 23;
    internal const int RLIMIT_MEMLOCK_LINUX = 8;
    internal const int RLIMIT_MEMLOCK_MACOS = 6;

    internal static readonly int O_CREAT = OperatingSystem.IsMacOS() ? 0x200 : 0x40;
    internal static readonly int O_EXCL = OperatingSystem.IsMacOS() ? 0x800 : 0x80;
    internal static readonly int O_NONBLOCK = OperatingSystem.IsMacOS() ? 4 : 0x800;
    internal static readonly int O_CLOEXEC = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;
    /// <summary>Linux only. It has O_DIRECTORY in it, whose bit is another on ARM.</summary>
    internal static readonly int O_TMPFILE =
        RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x404000 : 0x410000;

    internal static readonly int O_NOFOLLOW = OperatingSystem.IsMacOS()
        ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x8000 : 0x20000;

    internal static readonly int MS_ASYNC = 1;
    internal const int MS_INVALIDATE = 2;
    internal static readonly int MS_SYNC = OperatingSystem.IsMacOS() ? 0x10 : 4;

    /// <summary>Linux only; without FUTEX_PRIVATE_FLAG, so between processes.</summary>
    internal const int FUTEX_WAIT = 0;
    internal const int FUTEX_WAKE = 1;

    private const string Library = "libc";

    /// <summary>Sleeps, so the runtime must know that this thread is away.</summary>
    internal static nint Futex(uint* word, int operation, uint value, long* timeout) => syscall_futex(LinuxCalls.Futex, word, operation, value, timeout, null, 0);

    internal static nint FutexWake(uint* word, int operation, uint value) => syscall_futex(LinuxCalls.Futex, word, operation, value, null, null, 0);

    // open and shm_open take their third argument by "...". On most systems that is passed like any other; on 64-bit ARM macOS it
    // goes on the stack, where it arrives if all eight argument registers are taken before it.
    internal static int ShmOpen(byte* name, int flags, uint mode) =>
        VariadicOnStack ? shm_open_stack(name, flags, 0, 0, 0, 0, 0, 0, mode) : shm_open(name, flags, mode);

    internal static int Open(byte* path, int flags, uint mode) =>
        VariadicOnStack ? open_stack(path, flags, 0, 0, 0, 0, 0, 0, mode) : open(path, flags, mode);

    private static bool VariadicOnStack =>
        OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shm_open(byte* name, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true, EntryPoint = "shm_open")]
    private static partial int shm_open_stack(byte* name, int flags, nint a, nint b, nint c, nint d, nint e, nint f, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int open(byte* path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true, EntryPoint = "open")]
    private static partial int open_stack(byte* path, int flags, nint a, nint b, nint c, nint d, nint e, nint f, uint mode);

    [LibraryImport(Library, EntryPoint = "syscall")]
    private static partial nint syscall_futex(nint number, uint* word, int operation, uint value, long* timeout, uint* second, uint third);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int shm_unlink(byte* name);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int unlink(byte* path);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int unlinkat(int folder, byte* path, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int memfd_create(byte* name, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ftruncate(int fd, long length);

    /// <summary>Linux only.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fallocate(int fd, int mode, long offset, long length);

    /// <summary>Returns the error number and does not set errno.</summary>
    [LibraryImport(Library)]
    internal static partial int posix_fallocate(int fd, long offset, long length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fchmod(int fd, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint mmap(nint address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int msync(nint address, nuint length, int flags);

    /// <summary>The advice to map pages in advance is Linux's own.</summary>
    internal static bool CanPopulate { get; } = OperatingSystem.IsLinux();

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int madvise(nint address, nuint length, int advice);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pread(int fd, byte* buffer, nuint length, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pwrite(int fd, byte* buffer, nuint length, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int mlock(nint address, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int munlock(nint address, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fsync(int fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int flock(int fd, int operation);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int link(byte* oldPath, byte* newPath);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int linkat(int oldFolder, byte* oldPath, int newFolder, byte* newPath, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getentropy(byte* buffer, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int statx(int directory, byte* path, int flags, uint mask, byte* result);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fstat(int fd, byte* result);

    [LibraryImport(Library, SetLastError = true, EntryPoint = "fstat$INODE64")]
    internal static partial int fstat_inode64(int fd, byte* result);
}
