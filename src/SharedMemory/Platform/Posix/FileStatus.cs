using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing;

/// <summary>
/// What the system says of a file: size, mode, owner, and the number of its disk blocks. From <c>statx</c> on Linux, whose result has one layout on every
/// architecture (linux/stat.h: mask at 0, nlink at 16, uid at 20, mode at 28, inode at 32, size at 40, blocks at 48, the times of the last change
/// of its status at 96 and of its content at 112: seconds, and nanoseconds 8 on), and from <c>struct stat</c> on
/// macOS (sys/stat.h with 64-bit inodes: mode at 4, nlink at 6, uid at 16, size at 96, blocks at 104).
/// </summary>
internal readonly record struct FileStatus(long Size, uint RawMode, uint OwnerUserId, long Blocks, uint Links, FileVersion Version)
{
    private const int Bytes = 256;
    private const int PathOnStack = 512;
    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const int AtEmptyPath = 0x1000;
    private const uint Basic = 0x7ff;
    private const uint TypeMask = 0xf000;
    private const uint RegularFile = 0x8000;
    private const uint Socket = 0xc000;

    /// <summary>When its content was last changed by a system call. (Linux.)</summary>
    internal DateTimeOffset Modified => DateTimeOffset.FromUnixTimeMilliseconds(ModifiedMilliseconds);

    private long ModifiedMilliseconds { get; init; }

    internal UnixFileMode Mode => (UnixFileMode)(RawMode & 0xfff);

    internal bool IsRegularFile => (RawMode & TypeMask) == RegularFile;

    internal bool IsSocket => (RawMode & TypeMask) == Socket;

    /// <summary>Whether it belongs to the user of this process.</summary>
    internal bool IsOurs => OwnerUserId == LibcProcess.geteuid();

    /// <summary>False with errno set when the system refuses.</summary>
    internal static unsafe bool TryOf(int fd, out FileStatus status)
    {
        if (OperatingSystem.IsMacOS())
        {
            byte* stat = stackalloc byte[Bytes];
            bool told = RuntimeInformation.ProcessArchitecture == Architecture.X64
                ? Libc.fstat_inode64(fd, stat) == 0
                : Libc.fstat(fd, stat) == 0;
            status = new FileStatus(
                Unsafe.ReadUnaligned<long>(stat + 96),
                Unsafe.ReadUnaligned<ushort>(stat + 4),
                Unsafe.ReadUnaligned<uint>(stat + 16),
                Unsafe.ReadUnaligned<long>(stat + 104),
                Unsafe.ReadUnaligned<ushort>(stat + 6),
                default);
            return told;
        }

        byte nothing = 0;
        return TryStatx(fd, &nothing, AtEmptyPath, out status);
    }

    /// <summary>Of a path, symbolic links followed or not. Linux only; false with errno set when the system refuses.</summary>
    internal static bool TryOfPath(string path, bool followLinks, out FileStatus status) =>
        TryStatx(AtFdCwd, path, followLinks ? 0 : AtSymlinkNoFollow, out status);

    /// <summary>Of an entry of an open folder, a symbolic link for itself. Linux only; false with errno set when the system refuses.</summary>
    internal static bool TryOfEntry(SafeFileHandle folder, string name, out FileStatus status) =>
        TryStatx((int)folder.DangerousGetHandle(), name, AtSymlinkNoFollow, out status);

    private static unsafe bool TryStatx(int fd, string path, int flags, out FileStatus status)
    {
        int most = Encoding.UTF8.GetMaxByteCount(path.Length) + 1;
        Span<byte> buffer = most <= PathOnStack ? stackalloc byte[PathOnStack] : new byte[most];
        buffer[Encoding.UTF8.GetBytes(path, buffer)] = 0;
        fixed (byte* bytes = buffer)
        {
            return TryStatx(fd, bytes, flags, out status);
        }
    }

    private static unsafe bool TryStatx(int fd, byte* path, int flags, out FileStatus status)
    {
        byte* stat = stackalloc byte[Bytes];
        bool told = Libc.statx(fd, path, flags, Basic, stat) == 0;
        status = new FileStatus(
            Unsafe.ReadUnaligned<long>(stat + 40),
            Unsafe.ReadUnaligned<ushort>(stat + 28),
            Unsafe.ReadUnaligned<uint>(stat + 20),
            Unsafe.ReadUnaligned<long>(stat + 48),
            Unsafe.ReadUnaligned<uint>(stat + 16),
            new FileVersion(
                Unsafe.ReadUnaligned<ulong>(stat + 32),
                Unsafe.ReadUnaligned<long>(stat + 96),
                Unsafe.ReadUnaligned<uint>(stat + 104),
                Unsafe.ReadUnaligned<long>(stat + 40)))
        {
            ModifiedMilliseconds = (Unsafe.ReadUnaligned<long>(stat + 112) * 1000) + (Unsafe.ReadUnaligned<uint>(stat + 120) / 1_000_000),
        };
        return told;
    }
}
