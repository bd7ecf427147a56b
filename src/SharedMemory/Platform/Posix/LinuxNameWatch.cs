using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// Tells which names go from a folder (<c>inotify(7)</c>). Not .NET's <see cref="FileSystemWatcher"/>: that also asks to be told, and woken, at each
/// creation, which makes every creation of a block on this machine dearer by half; and after one overflow it is silent.
/// </summary>
internal sealed unsafe partial class LinuxNameWatch
{
    private const int CloseOnExec = 0x80000;
    private const uint Delete = 0x200;
    private const uint MovedFrom = 0x40;
    private const uint QueueOverflow = 0x4000;

    /// <summary>struct inotify_event { int wd; uint32_t mask, cookie, len; char name[len]; }</summary>
    private const int EventHeader = 16;
    private const int BufferBytes = 64 * 1024;

    private readonly int _fd;
    private readonly int _watch;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);

    /// <exception cref="IOException">The system has no more watches to give (fs.inotify.max_user_instances).</exception>
    internal LinuxNameWatch(string folder)
    {
        _fd = inotify_init1(CloseOnExec);
        fixed (byte* path = Encoding.UTF8.GetBytes(folder + '\0'))
        {
            _watch = _fd < 0 ? -1 : inotify_add_watch(_fd, path, Delete | MovedFrom);
            if (_watch < 0)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
            }
        }
    }

    /// <summary>Ends the watch: who waits is told that nothing went. (The descriptor stays, as somebody may be reading from it.)</summary>
    internal void End() => _ = inotify_rm_watch(_fd, _watch);

    /// <summary>Whether a name that went, in UTF-8, is of interest.</summary>
    internal delegate bool Filter(ReadOnlySpan<byte> name);

    /// <summary>Waits until names have gone; returns those that are of interest, or null if there were more than the system could keep.</summary>
    internal List<string>? WaitForRemovals(Filter isOfInterest)
    {
        byte* start = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, 0);
        nint length = read(_fd, start, BufferBytes);
        var names = new List<string>();
        for (nint at = 0; at + EventHeader <= length;)
        {
            uint mask = Unsafe.ReadUnaligned<uint>(start + at + 4);
            int room = Unsafe.ReadUnaligned<int>(start + at + 12);
            if ((mask & QueueOverflow) != 0)
            {
                return null;
            }

            ReadOnlySpan<byte> name = new ReadOnlySpan<byte>(start + at + EventHeader, room).TrimEnd((byte)0);
            if (isOfInterest(name))
            {
                names.Add(Encoding.UTF8.GetString(name));
            }

            at += EventHeader + room;
        }

        return names;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_add_watch(int fd, byte* path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_rm_watch(int fd, int watch);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, byte* buffer, nint count);
}
