using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace WordCount;

/// <summary>
/// The words of one worker in a block:
/// <code>
/// 0    int32  how many words follow; each of them is
///      int64  how often it was found
///      int32  its length in bytes
///      ...    itself, in UTF-8
/// </code>
/// </summary>
internal static class CountsBlock
{
    private const int HeaderSize = sizeof(int);
    private const int EntrySize = sizeof(long) + sizeof(int);

    internal static long SizeOf(IReadOnlyDictionary<string, long> counts) =>
        HeaderSize + counts.Keys.Sum(word => EntrySize + (long)Encoding.UTF8.GetByteCount(word));

    internal static void Write(IReadOnlyDictionary<string, long> counts, Span<byte> block)
    {
        BinaryPrimitives.WriteInt32LittleEndian(block, counts.Count);
        block = block[HeaderSize..];
        foreach ((string word, long times) in counts)
        {
            int length = Encoding.UTF8.GetBytes(word, block[EntrySize..]);
            BinaryPrimitives.WriteInt64LittleEndian(block, times);
            BinaryPrimitives.WriteInt32LittleEndian(block[sizeof(long)..], length);
            block = block[(EntrySize + length)..];
        }
    }

    internal static void AddTo(Dictionary<string, long> counts, ReadOnlySpan<byte> block)
    {
        int words = BinaryPrimitives.ReadInt32LittleEndian(block);
        block = block[HeaderSize..];
        for (int i = 0; i < words; i++)
        {
            long times = BinaryPrimitives.ReadInt64LittleEndian(block);
            int length = BinaryPrimitives.ReadInt32LittleEndian(block[sizeof(long)..]);
            CollectionsMarshal.GetValueRefOrAddDefault(counts, Encoding.UTF8.GetString(block.Slice(EntrySize, length)), out _) += times;
            block = block[(EntrySize + length)..];
        }
    }
}
