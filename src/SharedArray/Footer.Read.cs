using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <content>Reading a footer, and believing nothing.</content>
internal static partial class Footer
{
    private const int OldFooterBytes = 288;
    private const int OldestFooterBytes = 160;

    /// <summary>Reads the footer from copies of the last bytes of a block, at most <see cref="MostBytes"/> of them.</summary>
    /// <param name="copies">The copies, so that nothing changes between a check and a use: the magic is written last, so if the first has it, the second is whole.</param>
    /// <param name="blockSize">The size of the whole block.</param>
    /// <param name="found">The array, if there is one.</param>
    internal static FooterState TryRead(EndOfBlock copies, long blockSize, out ArrayDescription found) =>
        HasMagic(copies.First(blockSize)) ? TryRead(copies.Second(blockSize), blockSize, out found) : TryRead(copies.First(blockSize), blockSize, out found);

    /// <summary>Reads the footer from a copy that is whole if it has the magic.</summary>
    internal static FooterState TryRead(ReadOnlySpan<byte> end, long blockSize, out ArrayDescription found)
    {
        found = default;
        int bytes = HasMagic(end, FewestBytes) ? FewestBytes : HasMagic(end, MostBytes) ? MostBytes : 0;
        if (bytes == 0)
        {
            return end.Length >= FewestBytes && IsUnfinished(end) ? FooterState.Unfinished : FooterState.NoArray;
        }

        ReadOnlySpan<byte> footer = end[^bytes..];
        int itemSize = MemoryMarshal.Read<int>(footer[ItemSizeOffset..]);
        if (itemSize == 0)
        {
            return FooterState.Unfinished;
        }

        int rank = MemoryMarshal.Read<int>(footer[RankOffset..]);
        if (rank < 0 || rank > (bytes - DimensionsOffset) / sizeof(long))
        {
            return FooterState.BadRank;
        }

        if (!SharedArrayType.TryFrom(MemoryMarshal.Read<int>(footer[TypeOffset..]), itemSize, out SharedArrayType type))
        {
            return FooterState.BadType;
        }

        Span<nint> shape = stackalloc nint[rank];
        for (int i = 0; i < rank; i++)
        {
            long size = MemoryMarshal.Read<long>(footer[(DimensionsOffset + (sizeof(long) * i))..]);
            shape[i] = size is >= 0 and <= long.MaxValue && size <= nint.MaxValue ? (nint)size : -1;
        }

        if (!ArrayShape.TryMeasure(shape, itemSize, out long length, out long dataBytes))
        {
            return FooterState.BadShape;
        }

        // Room behind the elements is allowed, but not behind none: a shape of which a dimension is not yet written is of no bytes, as its size then is.
        if (dataBytes != MemoryMarshal.Read<long>(footer[SizeOffset..])
            || dataBytes > blockSize - bytes
            || (dataBytes == 0 && bytes != blockSize && BlockBackend.Current.SizeAsAttached(isFile: false, bytes) != blockSize))
        {
            // Rank and dimensions are what the extension writes last.
            return footer[DimensionsOffset..].ContainsAnyExcept((byte)0) ? FooterState.BadSize : FooterState.Unfinished;
        }

        found = new ArrayDescription(type, shape.ToArray(), length);
        return FooterState.Array;
    }

    /// <summary>What was found instead of an array, and where, for the message of an exception.</summary>
    /// <param name="state">What <see cref="TryRead(ReadOnlySpan{byte}, long, out ArrayDescription)"/> said.</param>
    /// <param name="end">What it was given.</param>
    /// <param name="start">The first bytes of the block, where arrays of the first versions had a header.</param>
    internal static string Explain(FooterState state, ReadOnlySpan<byte> end, ReadOnlySpan<byte> start)
    {
        int bytes = HasMagic(end, FewestBytes) ? FewestBytes : MostBytes;
        if (state == FooterState.NoArray)
        {
            return HasMagic(end, OldFooterBytes)
                    ? $"it ends with a footer of {OldFooterBytes} bytes, which SharedArray 2.0 to 3.0 wrote and nothing since reads"
                : HasMagic(end, OldestFooterBytes)
                    ? $"it ends with a footer of {OldestFooterBytes} bytes, which SharedArray 0.4 to 1.0, or a 32-bit one, wrote and nothing else reads"
                : start.StartsWith(Magic[..ComparedBytes])
                    ? $"it begins with a header of {OldestFooterBytes} bytes, which SharedArray 0.1 to 0.3 wrote and nothing since reads"
                : end.Length < FewestBytes
                    ? $"it has {end.Length} bytes, and the footer of an array alone has {FewestBytes}"
                : $"there is no \"[SharedArray]\" {FewestBytes} or {MostBytes} bytes before its end";
        }

        if (state == FooterState.Unfinished)
        {
            return "its footer is not finished: its creator has not come to that yet, or died before it did";
        }

        ReadOnlySpan<byte> footer = end[^bytes..];
        int type = MemoryMarshal.Read<int>(footer[TypeOffset..]);
        int itemSize = MemoryMarshal.Read<int>(footer[ItemSizeOffset..]);
        int rank = MemoryMarshal.Read<int>(footer[RankOffset..]);
        long size = MemoryMarshal.Read<long>(footer[SizeOffset..]);
        string where = $"its footer, {bytes} bytes before its end, says";
        switch (state)
        {
            case FooterState.BadRank:
                return $"{where} that it has {rank} dimensions, and 0 to {(bytes - DimensionsOffset) / sizeof(long)} can be";
            case FooterState.BadType when type == SharedArrayType.ObjectNumber:
                return $"{where} that its elements are Python objects: pointers into the process that made it, of no use to any other";
            case FooterState.BadType:
                return $"{where} that its elements are of numpy's type {type} with {itemSize} bytes each, and there is no such type";
        }

        long[] shape = MemoryMarshal.Cast<byte, long>(footer.Slice(DimensionsOffset, sizeof(long) * rank)).ToArray();
        string text = $"({string.Join(", ", shape)}{(rank == 1 ? "," : "")})";
        return state == FooterState.BadShape
            ? $"{where} that its shape is {text}, which no array can have"
            : $"{where} that {size} bytes before it are elements, {itemSize} bytes each, of shape {text}; that is not what is there";
    }

    /// <summary>
    /// Whether a creator is at work here: nothing of a footer yet, or a part of the magic and nothing behind it, or all of the magic but its first byte, in
    /// the order in which it is written. (Zeros are also what a block holds that will never be an array: who waits for one must not wait for long.)
    /// </summary>
    private static bool IsUnfinished(ReadOnlySpan<byte> end) => IsUnfinished(end, FewestBytes) || IsUnfinished(end, MostBytes);

    private static bool IsUnfinished(ReadOnlySpan<byte> end, int bytes)
    {
        if (end.Length < bytes || end[^bytes] != 0)
        {
            return false;
        }

        ReadOnlySpan<byte> footer = end[^bytes..];
        if (footer[1..ComparedBytes].SequenceEqual(Magic[1..ComparedBytes]))
        {
            return true;
        }

        // The creator may lose its processor in the midst of the magic too, and have it back after any time.
        for (int i = 1; i < ComparedBytes; i++)
        {
            if (footer[i] != 0 && footer[i] != Magic[i])
            {
                return false;
            }
        }

        return !footer[ComparedBytes..].ContainsAnyExcept((byte)0);
    }
}
