namespace Multiprocessing;

/// <summary>
/// Room for the last bytes of a block, looked at twice: what was written before something that the first look sees, the second sees whole. (One
/// copy alone has no order in which its bytes are read.)
/// </summary>
/// <param name="first">Where the first look goes.</param>
/// <param name="second">Where the second goes, of the same length.</param>
internal readonly ref struct EndOfBlock(Span<byte> first, Span<byte> second)
{
    private readonly Span<byte> _first = first;
    private readonly Span<byte> _second = second;

    /// <summary>How many bytes there is room for.</summary>
    internal int Length => _first.Length;

    /// <summary>The last bytes of a block of that size as they were first, fewer if it has not so many.</summary>
    internal Span<byte> First(long size) => OfBlock(_first, size);

    /// <summary>And as they were after that.</summary>
    internal Span<byte> Second(long size) => OfBlock(_second, size);

    /// <summary>Takes both looks from memory.</summary>
    internal void Read(Mapping mapping)
    {
        if (Length > 0)
        {
            mapping.End(Length).CopyTo(First(mapping.Size));
            Interlocked.MemoryBarrier();
            mapping.End(Length).CopyTo(Second(mapping.Size));
        }
    }

    private static Span<byte> OfBlock(Span<byte> room, long size) => room[..(int)Math.Min(size, room.Length)];
}
