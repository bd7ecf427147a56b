using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Multiprocessing;

/// <summary>What a file is whatever path it is reached by, as a text of hex digits and an underscore: its device and its inode.</summary>
/// <remarks>
/// From <c>statx</c> on Linux (linux/stat.h: inode at 32, device at 136 and 140) and from <c>struct stat</c> on macOS (sys/stat.h with 64-bit inodes: device
/// at 0, inode at 8). On Windows it is made of the full path, so a file that is reached by two paths is two there.
/// </remarks>
internal static unsafe partial class FileIdentity
{
    private const int Bytes = 256;
    private const int AtFdCwd = -100;
    private const uint Inode = 0x100;

    /// <summary>The identity of the file at a path, links followed.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    internal static string Of(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(path).ToUpperInvariant()));
            return Convert.ToHexStringLower(hash.AsSpan(0, 8));
        }

        byte* stat = stackalloc byte[Bytes];
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + '\0'))
        {
            if (OperatingSystem.IsMacOS())
            {
                int told = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? stat_inode64(bytes, stat) : stat_plain(bytes, stat);
                return told == 0 ? Text(Unsafe.ReadUnaligned<uint>(stat), Unsafe.ReadUnaligned<ulong>(stat + 8)) : throw Failure(path);
            }

            return Libc.statx(AtFdCwd, bytes, 0, Inode, stat) == 0
                ? Text(
                    ((ulong)Unsafe.ReadUnaligned<uint>(stat + 136) << 32) | Unsafe.ReadUnaligned<uint>(stat + 140),
                    Unsafe.ReadUnaligned<ulong>(stat + 32))
                : throw Failure(path);
        }
    }

    /// <summary>A path by which this process reaches a file that it has open.</summary>
    /// <exception cref="PlatformNotSupportedException">The system has no such paths.</exception>
    internal static string PathOf(int descriptor) =>
        OperatingSystem.IsLinux() ? string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}")
        : OperatingSystem.IsMacOS() ? string.Create(CultureInfo.InvariantCulture, $"/dev/fd/{descriptor}")
        : throw new PlatformNotSupportedException("This system has no descriptors of files.");

    /// <summary>A path by which others of the same user reach a file that this process has open; the path that it has itself where there is none.</summary>
    internal static string PathForOthers(int descriptor) =>
        OperatingSystem.IsLinux() ? string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{descriptor}") : PathOf(descriptor);

    private static string Text(ulong device, ulong inode) => string.Create(CultureInfo.InvariantCulture, $"{device:x}_{inode:x}");

    private static Exception Failure(string path) => PosixError.ToException(Marshal.GetLastPInvokeError(), BlockName.FileScheme + path, "look at");

    [LibraryImport("libc", EntryPoint = "stat", SetLastError = true)]
    private static partial int stat_plain(byte* path, byte* result);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", SetLastError = true)]
    private static partial int stat_inode64(byte* path, byte* result);
}
