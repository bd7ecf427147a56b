namespace Multiprocessing;

/// <summary>
/// Where things stand in the block of a list. The layout is CPython's, from 3.9 on, in the machine's own byte order; N items, K
/// bytes of data; no magic, no version, no lock.
/// <code>
/// offset           bytes    what
/// 0                8        N, as int64
/// 8                8(N+1)   where each slot begins, as int64, from the start of the data: the first is 0, each a multiple of 8,
///                           the last is K, where the last slot ends
/// 8(N+2)           K        the slots: 8 bytes, or for str and bytes the next multiple of 8 above their length
/// 8(N+2) + K       8N       the format of each item (see <see cref="ItemFormat"/>)
/// 8(N+2) + K + 8N  N        the back-transform code of each item, as int8
/// </code>
/// The block ends there: 16 + K + 17 N bytes (macOS and Windows round up to pages). Python 3.8 had another: the sizes of the
/// slots from offset 8 on, never 0, and the data at 8(N+1).
/// </summary>
/// <remarks>
/// N and the offsets never change; formats, codes and slots do, at any time and by any process. A creator writes N last, so that
/// one that dies, or is not done, leaves N = 0 in a block too big for that: an attach then says so.
/// </remarks>
internal readonly unsafe struct ListLayout
{
    internal const long CountOffset = 0;
    internal const long OffsetsStart = 8;
    internal const int WordSize = 8;

    /// <summary>The smallest slot; every kind but str and bytes has exactly that.</summary>
    internal const int SmallSlot = 8;

    private const long EmptySize = 16;
    private const long BytesPerItem = WordSize + WordSize + 1;

    internal ListLayout(int count, long dataSize)
    {
        Count = count;
        DataSize = dataSize;
        DataStart = EmptySize + ((long)WordSize * count);
        FormatStart = DataStart + dataSize;
        CodeStart = FormatStart + ((long)WordSize * count);
    }

    /// <summary>N.</summary>
    internal int Count { get; }

    /// <summary>K.</summary>
    internal long DataSize { get; }

    internal long DataStart { get; }

    internal long FormatStart { get; }

    internal long CodeStart { get; }

    internal long TotalSize => CodeStart + Count;

    /// <summary>Reads the layout of a block that somebody says is a list, and believes nothing.</summary>
    /// <exception cref="InvalidDataException">It is not a list: what was found, and where.</exception>
    internal static ListLayout Read(SharedMemory block)
    {
        byte* start = block.Start;
        long size = block.Size;
        if (size < EmptySize)
        {
            throw Bad(block, $"it has {size} bytes, and even an empty list has {EmptySize}");
        }

        long count = *(long*)(start + CountOffset);
        long* offsets = (long*)(start + OffsetsStart);
        if (offsets[0] != 0)
        {
            throw Bad(block, $"offset 8 holds {offsets[0]} where 0 must be: this is the 3.8 layout (Python 3.8 wrote lists that no "
                + "later version reads) or no list at all");
        }

        if (count < 0 || count > (size - EmptySize) / BytesPerItem || count > int.MaxValue)
        {
            throw Bad(block, $"offset 0 holds {count} as the number of items, which {size} bytes cannot hold");
        }

        if (count == 0 && size > EmptySize && size % Environment.SystemPageSize != 0)
        {
            throw Bad(block, $"offset 0 says that it is empty, but the block has {size} bytes instead of {EmptySize}: its creator has "
                + "not filled it yet, or died before it had");
        }

        long dataMost = size - EmptySize - (BytesPerItem * count);
        long last = 0;
        for (long i = 1; i <= count; i++)
        {
            long next = offsets[i];
            if (next < last || next > dataMost || next % SmallSlot != 0)
            {
                throw Bad(block, $"slot {i - 1} begins at {last} of the data and the next at {next}, by offset "
                    + $"{OffsetsStart + (WordSize * i)}; slots follow each other in multiples of 8 bytes and end by {dataMost}");
            }

            last = next;
        }

        return new ListLayout((int)count, last);
    }

    private static InvalidDataException Bad(SharedMemory block, string why) =>
        new($"The block '{block.Name}' is not a ShareableList: {why}.");
}
