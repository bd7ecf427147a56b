namespace Multiprocessing;

/// <summary>Where a free slot may be: found in a few steps however many slots there are, and never believed.</summary>
/// <remarks>
/// <para>Layout, from <paramref name="offset"/> on: level 0 has a byte for each group of 64 slots, the next a byte for 64 bytes of the one before, and so
/// on to a level of at most 64 bytes, the top. Each is filled up to whole lines of 64 bytes with zeros. Not 0: maybe there is a free slot below.</para>
/// <para>Bytes and not bits, because a byte is set by a plain store that disturbs no neighbour. What may go wrong is in docs/protocol.md.</para>
/// </remarks>
internal sealed unsafe class SlotHints(long offset, int slotCount)
{
    internal const int GroupSize = 64;
    private const int Fan = 64;
    private const int FanBits = 6;

    private readonly long[] _levels = Levels(offset, slotCount, out _);

    /// <summary>How many bytes the hints of so many slots take.</summary>
    internal static long ByteSize(int slotCount)
    {
        _ = Levels(0, slotCount, out long size);
        return size;
    }

    /// <summary>Sets all hints: for a new table.</summary>
    internal void MarkAll(byte* start)
    {
        long entries = slotCount;
        foreach (long level in _levels)
        {
            entries = Lines(entries);
            new Span<byte>(start + level, checked((int)entries)).Fill(1);
        }
    }

    /// <summary>A group that may have a free slot, the preferred one if it may; -1 if there seems to be none.</summary>
    internal int Find(byte* start, int preferred)
    {
        int top = _levels.Length - 1;
        while (true)
        {
            int entry = 0;
            bool isPreferred = true;
            int level = top;
            for (; level >= 0; level--)
            {
                int line = entry;
                int digit = isPreferred ? (preferred >> (level * FanBits)) & (Fan - 1) : 0;
                int child = IndexOfSet(start + _levels[level] + ((long)line * Fan), digit);
                if (child < 0)
                {
                    if (level == top)
                    {
                        return -1;
                    }

                    Clear(start, level + 1, line);
                    break;
                }

                isPreferred &= child == digit;
                entry = (line * Fan) + child;
            }

            if (level < 0)
            {
                return entry;
            }
        }
    }

    /// <summary>Says that a group has a free slot; after the slot was freed.</summary>
    internal void Mark(byte* start, int group)
    {
        // Whoever set it sees to the levels above.
        if (Volatile.Read(ref start[_levels[0] + group]) == 0)
        {
            Mark(start, 0, group);
        }
    }

    /// <summary>Says that a group has none. The caller looks again afterwards, and marks it if that was wrong.</summary>
    internal void Clear(byte* start, int group)
    {
        Volatile.Write(ref start[_levels[0] + group], 0);
        Interlocked.MemoryBarrier();
    }

    private void Clear(byte* start, int level, int entry)
    {
        Volatile.Write(ref start[_levels[level] + entry], 0);
        Interlocked.MemoryBarrier();
        if (IndexOfSet(start + _levels[level - 1] + ((long)entry * Fan), 0) >= 0)
        {
            Mark(start, level, entry);
        }
    }

    private void Mark(byte* start, int level, int entry)
    {
        for (; level < _levels.Length; level++)
        {
            Volatile.Write(ref start[_levels[level] + entry], 1);
            entry /= Fan;
        }
    }

    private static int IndexOfSet(byte* line, int from)
    {
        int found = new ReadOnlySpan<byte>(line + from, Fan - from).IndexOfAnyExcept((byte)0);
        return found >= 0 ? from + found : new ReadOnlySpan<byte>(line, from).IndexOfAnyExcept((byte)0);
    }

    private static long[] Levels(long offset, int slotCount, out long size)
    {
        var levels = new List<long>();
        size = 0;
        long entries = slotCount;
        do
        {
            entries = Lines(entries);
            levels.Add(offset + size);
            size += Lines(entries) * Fan;
        }
        while (entries > Fan);
        return [.. levels];
    }

    private static long Lines(long entries) => (entries + Fan - 1) / Fan;
}
