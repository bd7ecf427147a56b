using System.Runtime.CompilerServices;
using System.Text;

namespace Multiprocessing;

/// <content>The file that a table is kept in: when it is written, and by whom.</content>
public sealed unsafe partial class SlotMemory
{
    private const int NoMember = -1;

    private SlotSaveTimer? _timer;
    private int _member = NoMember;

    /// <summary>Why the last save by interval failed; null if it did not.</summary>
    public Exception? LastSaveFailure => _timer?.LastFailure;

    /// <summary>
    /// Writes the file: to a temporary one beside it, which is on the disk before it takes the place of the old one in one step. So there is
    /// a whole file at every moment, whatever dies. Saves by several processes happen one after the other.
    /// </summary>
    /// <remarks>
    /// Slots that are written to meanwhile are saved as they were when they were copied. While another process saves, this waits for it, for as long as that
    /// process lives.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The table is kept in no file.</exception>
    /// <exception cref="NotSupportedException">The table is attached read-only.</exception>
    /// <exception cref="IOException">It could not be written; the file is the old one.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; the file is the old one.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public void Save()
    {
        byte* start = WritableStart;
        if (PersistPath is not string path)
        {
            throw new InvalidOperationException($"The table '{Name}' is kept in no file.");
        }

        using (SlotSaver.Enter(ref *(ulong*)(start + SlotLayout.SaverAt), Self()))
        {
            SlotFileWriter.Write(path, start, _layout, Block.Mode, Self());
        }
    }

    private void Join(TimeSpan? saveInterval)
    {
        if (PersistPath is null || _isReadOnly)
        {
            return;
        }

        _member = SlotMembers.Join(Members(Block.Start), Self());
        if (saveInterval is TimeSpan interval)
        {
            _timer = new SlotSaveTimer(interval, Save);
        }
    }

    private void Leave()
    {
        _timer?.Dispose();
        if (PersistPath is null || _isReadOnly)
        {
            return;
        }

        // Who found no place among the members cannot know who else is there: it saves, which does no harm.
        if (_member == NoMember || SlotMembers.LeaveAsLast(Members(Block.Start), _member))
        {
            Save();
        }
    }

    private static Span<ulong> Members(byte* start) => new(start + SlotLayout.MembersAt, SlotLayout.Members);

    private static string FullPath(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("The path of a file must not be empty, nor contain a NUL character.", nameof(path));
        }

        string full = Path.GetFullPath(path);
        return Encoding.UTF8.GetByteCount(full) <= SlotLayout.MostPathBytes
            ? full
            : throw new ArgumentException($"The path of a file has at most {SlotLayout.MostPathBytes} bytes.", nameof(path));
    }

    private static void WritePath(byte* start, string path) =>
        *(int*)(start + SlotLayout.PathLengthAt) = Encoding.UTF8.GetBytes(path, new Span<byte>(start + SlotLayout.PathAt, SlotLayout.MostPathBytes));

    private static string ReadPath(SharedMemory block)
    {
        int length = Unsafe.ReadUnaligned<int>(block.Start + SlotLayout.PathLengthAt);
        string path = length is > 0 and <= SlotLayout.MostPathBytes
            ? Encoding.UTF8.GetString(block.Start + SlotLayout.PathAt, length)
            : "";
        return Path.IsPathFullyQualified(path) && !path.Contains('\0', StringComparison.Ordinal)
            ? path
            : throw new InvalidDataException($"'{block.Name}' is a table of slots that says it is kept in '{path}', a path of {length} bytes.");
    }
}
