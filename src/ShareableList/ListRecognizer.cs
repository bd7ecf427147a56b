using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>Tells a list from any other block, for who only looks: the format has no mark, so all of its words must fit.</summary>
internal static class ListRecognizer
{
    /// <summary>So many formats are looked at: one that is none says no, and more than these say nothing new.</summary>
    private const int MostFormats = 64;

    /// <summary>Reads from an offset of the block on; returns how many bytes there were.</summary>
    internal delegate int Reader(long offset, Span<byte> into);

    /// <summary>
    /// Whether a block of that size, which begins with these bytes (16 at least), is a list with items. An empty list is not recognised: 16 zeros are one, and are much else. Nor is one whose size
    /// a system has rounded up to pages.
    /// </summary>
    internal static bool IsList(long size, ReadOnlySpan<byte> start, Reader read)
    {
        if (start.Length < 2 * ListLayout.WordSize || MemoryMarshal.Read<long>(start[(int)ListLayout.OffsetsStart..]) != 0)
        {
            return false;
        }

        long count = MemoryMarshal.Read<long>(start);
        Span<byte> word = stackalloc byte[ListLayout.WordSize];
        if (count is <= 0 or > int.MaxValue || count > size / ListLayout.WordSize
            || read(ListLayout.OffsetsStart + (ListLayout.WordSize * count), word) < word.Length)
        {
            return false;
        }

        long dataSize = MemoryMarshal.Read<long>(word);
        if (dataSize < 0 || dataSize > size || dataSize % ListLayout.SmallSlot != 0)
        {
            return false;
        }

        var layout = new ListLayout((int)count, dataSize);
        return layout.TotalSize == size && HasFormats(layout, read);
    }

    private static bool HasFormats(ListLayout layout, Reader read)
    {
        int count = Math.Min(layout.Count, MostFormats);
        Span<ulong> formats = stackalloc ulong[MostFormats];
        Span<byte> codes = stackalloc byte[MostFormats];
        formats = formats[..count];
        codes = codes[..count];
        if (read(layout.FormatStart, MemoryMarshal.AsBytes(formats)) < count * ListLayout.WordSize || read(layout.CodeStart, codes) < count)
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            ulong format = formats[i];
            bool isFormat = format == ItemFormat.Int || format == ItemFormat.Float || format == ItemFormat.Bool || format == ItemFormat.None || format == ItemFormat.Changing
                || ItemFormat.TryParse(format, out _, out _);
            if (!isFormat || codes[i] > ItemCode.None)
            {
                return false;
            }
        }

        return true;
    }
}
