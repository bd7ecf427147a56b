using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing;

/// <summary>Reads <c>/proc/PID/maps</c> (proc_pid_maps(5)) for what lies in the folder of the blocks.</summary>
/// <remarks>
/// <code>
/// 7f0c2a400000-7f0c2a500000 rw-s 00000000 00:1a 1234    /dev/shm/psm_1a2b3c4d (deleted)
/// from         to           mode offset   device inode  path: a newline in it is \012
/// </code>
/// The device says whether a mapping is one of a block, not the path: a container has other paths, and another file system of the same path is not ours.
/// </remarks>
internal static class LinuxMaps
{
    private const string Folder = "/dev/shm";
    private const int FirstBuffer = 1 << 16;
    private static ReadOnlySpan<byte> DeletedMark => " (deleted)"u8;

    internal static BlockMaps Read(int? processId)
    {
        string? device = DeviceOf(Folder);
        if (device is null)
        {
            return new BlockMaps(false, [], 0);
        }

        byte[] wanted = Encoding.ASCII.GetBytes($" {device} ");
        byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var maps = new List<BlockMap>();
            int unreadable = 0;
            foreach (int id in processId is int one ? (IEnumerable<int>)[one] : ProcessTable.Ids().Order())
            {
                int length = ReadAll($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/maps", ref buffer);
                unreadable += length < 0 ? 1 : 0;
                if (length > 0)
                {
                    Parse(id, buffer.AsSpan(0, length), wanted, maps);
                }
            }

            return new BlockMaps(true, maps, unreadable);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Adds what the text says of blocks. <paramref name="device"/> is between blanks, as it is there.</summary>
    internal static void Parse(int processId, ReadOnlySpan<byte> text, ReadOnlySpan<byte> device, List<BlockMap> maps)
    {
        int first = maps.Count;
        while (!text.IsEmpty)
        {
            int found = text.IndexOf(device);
            if (found < 0)
            {
                return;
            }

            // Back to where its line begins. A path that holds the same text comes later in its line, and fails there.
            ReadOnlySpan<byte> line = text[(text[..found].LastIndexOf((byte)'\n') + 1)..];
            int end = line.IndexOf((byte)'\n');
            line = end < 0 ? line : line[..end];
            text = end < 0 ? [] : text[(text[..found].LastIndexOf((byte)'\n') + 1 + end + 1)..];
            if (TryParseLine(processId, line, device, out BlockMap? map))
            {
                Add(maps, first, map!);
            }
        }
    }

    private static void Add(List<BlockMap> maps, int first, BlockMap map)
    {
        for (int i = first; i < maps.Count; i++)
        {
            if (maps[i].Inode == map.Inode)
            {
                maps[i] = maps[i] with { Bytes = maps[i].Bytes + map.Bytes, Count = maps[i].Count + 1 };
                return;
            }
        }

        maps.Add(map);
    }

    private static bool TryParseLine(int processId, ReadOnlySpan<byte> line, ReadOnlySpan<byte> device, out BlockMap? map)
    {
        map = null;
        int dash = line.IndexOf((byte)'-');
        int path = line.IndexOf((byte)'/');
        int at = line.IndexOf(device);
        if (dash < 0 || path < 0 || at > path
            || !Utf8Parser.TryParse(line[..dash], out ulong from, out _, 'x')
            || !Utf8Parser.TryParse(line[(dash + 1)..], out ulong to, out _, 'x')
            || !Utf8Parser.TryParse(line[(at + device.Length)..], out ulong inode, out _))
        {
            return false;
        }

        ReadOnlySpan<byte> name = line[(line.LastIndexOf((byte)'/') + 1)..];

        // A block may be called so, too; but then only that, and a removed one of that name, is named wrongly: the inode tells.
        bool isDeleted = name.EndsWith(DeletedMark) && !File.Exists($"{Folder}/{Encoding.UTF8.GetString(name)}");
        string text = Encoding.UTF8.GetString(isDeleted ? name[..^DeletedMark.Length] : name).Replace("\\012", "\n", StringComparison.Ordinal);
        map = new BlockMap(processId, text, inode, (long)(to - from), 1, isDeleted);
        return true;
    }

    /// <summary>The device of a folder as it stands in maps; null if the folder cannot be looked at.</summary>
    private static string? DeviceOf(string folder)
    {
        try
        {
            string identity = FileIdentity.Of(folder);
            ulong device = ulong.Parse(identity.AsSpan(0, identity.IndexOf('_')), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            return string.Create(CultureInfo.InvariantCulture, $"{device >> 32:x2}:{(uint)device:x2}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>How many bytes there are; 0 if the process is gone, -1 if it may not be looked at.</summary>
    private static unsafe int ReadAll(string path, ref byte[] buffer)
    {
        int fd;
        fixed (byte* bytes = Encoding.UTF8.GetBytes(path + '\0'))
        {
            fd = Libc.Open(bytes, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        }

        if (fd < 0)
        {
            return Marshal.GetLastPInvokeError() is Errno.EACCES or Errno.EPERM ? -1 : 0;
        }

        using var file = new SafeFileHandle(fd, ownsHandle: true);
        int length = 0;
        while (true)
        {
            nint count;
            fixed (byte* rest = &buffer[length])
            {
                count = Libc.pread(fd, rest, (nuint)(buffer.Length - length), length);
            }

            if (count <= 0)
            {
                // It may end while it is read: then it has nothing mapped any more.
                return count == 0 ? length : Marshal.GetLastPInvokeError() is Errno.EACCES or Errno.EPERM ? -1 : 0;
            }

            length += (int)count;
            if (length == buffer.Length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
                buffer.CopyTo(larger.AsSpan());
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
        }
    }
}
