namespace Multiprocessing;

/// <summary>The proof that no slot is free: how it comes about and what ends it is in docs/protocol.md.</summary>
/// <remarks>
/// <code>
///  bits 2..63  a number that each end of a proof raises, so that no two proofs are mistaken for one another
///  bits 0..1   0 idle, 1 proving, 2 full
/// </code>
/// </remarks>
internal static class FullnessWord
{
    private const ulong Proving = 1;
    private const ulong Full = 2;
    private const ulong StateBits = 3;

    /// <summary>Whether no slot was free and no release has ended since.</summary>
    internal static bool IsFull(in ulong word) => (Volatile.Read(in word) & StateBits) == Full;

    /// <summary>To be called before the look at all slots; what it returns goes to <see cref="TryConclude"/>.</summary>
    internal static ulong Begin(ref ulong word)
    {
        while (true)
        {
            ulong seen = Volatile.Read(ref word);
            if ((seen & StateBits) != 0)
            {
                // Another's proof will do: what is released from now on ends it too.
                return seen;
            }

            if (Interlocked.CompareExchange(ref word, seen | Proving, seen) == seen)
            {
                return seen | Proving;
            }
        }
    }

    /// <summary>To be called after a look that found nothing: false if a release ended meanwhile.</summary>
    internal static bool TryConclude(ref ulong word, ulong begun)
    {
        ulong full = (begun & ~StateBits) | Full;
        ulong seen = Interlocked.CompareExchange(ref word, full, begun);
        return seen == begun || seen == full;
    }

    /// <summary>To be called after a slot was freed, and before that is told to anybody.</summary>
    internal static void End(ref ulong word)
    {
        ulong seen = Volatile.Read(ref word);
        while ((seen & StateBits) != 0)
        {
            ulong now = Interlocked.CompareExchange(ref word, (seen | StateBits) + 1, seen);
            if (now == seen)
            {
                return;
            }

            seen = now;
        }
    }
}
