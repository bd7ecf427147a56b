using System.Numerics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Where to look for a free block: a bit for each block, a bit for each word of those, and so on up to one word. Found, set and cleared in as many steps as there are levels: at
/// most five for 2^30 blocks.
/// </summary>
/// <remarks>
/// <para>Hints, and no more: the block's word alone says whether it is free. So a bit that is set twice or once too often does no harm, and one that a death left
/// cleared is found when all are cleared: <see cref="SharedMemoryPool"/> looks at the words then.</para>
/// <para>A bit that is set for a block that is taken, or for a word that is 0: who finds it 1 clears it → 2 looks again at what it stands for → 3 sets it again if that is free by now. Who sets:
/// a makes it free (with a full fence) → b sets the bit, if it is not set. Both have a full fence in between, so either 2 sees a, or b sees 1.</para>
/// </remarks>
internal readonly unsafe struct FreeHints
{
    private const int Most = 5;
    private const int LineBytes = 64;

    private readonly ulong* _levels;
    private readonly int _top;
    private readonly Offsets _offsets;

    internal FreeHints(ulong* levels, int count)
    {
        _levels = levels;
        long offset = 0;
        for (long words = Words(count); ; words = Words(words))
        {
            _offsets[_top] = offset;
            if (words == 1)
            {
                return;
            }

            offset += Aligned(words);
            _top++;
        }
    }

    /// <summary>How many bytes the hints of so many blocks take.</summary>
    internal static long ByteSize(int count)
    {
        long words = Words(count);
        long all = Aligned(words);
        while (words > 1)
        {
            words = Words(words);
            all += Aligned(words);
        }

        return all * sizeof(ulong);
    }

    /// <summary>Says that a block is free. Called behind a full fence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Set(uint index)
    {
        if ((Volatile.Read(ref *Word(0, index)) & (1UL << (int)index)) == 0)
        {
            SetFrom(0, index);
        }
    }

    /// <summary>Says that a block is taken. Called by who has taken it.</summary>
    internal void Clear(uint index) => Interlocked.And(ref *Word(0, index), ~(1UL << (int)index));

    /// <summary>A block that may be free, looking first where <paramref name="start"/> says; -1 when there seems to be none.</summary>
    internal long Find(uint start)
    {
        while (true)
        {
            long index = 0;
            int level = _top;
            while (true)
            {
                ulong word = Volatile.Read(ref _levels[_offsets[level] + index]);
                if (word == 0)
                {
                    break;
                }

                // From the wanted bit on, and round: handles that start elsewhere do not meet.
                int first = (int)(start >> (6 * level)) & 63;
                index = (index << 6) + ((first + BitOperations.TrailingZeroCount(BitOperations.RotateRight(word, first))) & 63);
                if (level == 0)
                {
                    return index;
                }

                level--;
            }

            if (level == _top)
            {
                return -1;
            }

            // The bit above stood for a word that is empty.
            ulong* above = Word(level + 1, index);
            Interlocked.And(ref *above, ~(1UL << (int)index));
            if (Volatile.Read(ref _levels[_offsets[level] + index]) != 0)
            {
                SetFrom(level + 1, index);
            }
        }
    }

    private static long Words(long bits) => (bits + 63) >> 6;

    private static long Aligned(long words) => (words + (LineBytes / sizeof(ulong)) - 1) & -(LineBytes / sizeof(ulong));

    /// <summary>The word that holds the bit of this number.</summary>
    private ulong* Word(int level, long bit) => _levels + _offsets[level] + (bit >> 6);

    private void SetFrom(int level, long bit)
    {
        while (true)
        {
            ulong before = Interlocked.Or(ref *Word(level, bit), 1UL << (int)bit);
            if (level == _top)
            {
                return;
            }

            level++;
            bit >>= 6;
            if (before != 0 && (Volatile.Read(ref *Word(level, bit)) & (1UL << (int)bit)) != 0)
            {
                return;
            }
        }
    }

    [InlineArray(Most)]
    private struct Offsets
    {
        private long _first;
    }
}
