namespace Multiprocessing;

/// <summary>The states of a pool's blocks, each a <see cref="ClaimWord"/> whose round is the block's generation (g).</summary>
/// <remarks>
/// <code>
///  state         who may change it, and to what
///  Free(g)       anybody: Owned(g+1, itself) by CAS
///  Owned(g, o)   o: Free(g), it puts it back; Passed(g, o), it sends it to somebody.
///                anybody, when o is dead: Free(g)
///  Passed(g, o)  anybody: Owned(g, itself), it receives it. o: Owned(g, o), as sending failed.
///                anybody, when o is dead and the block lies in no ring: Free(g)
/// </code>
/// <para>All by compare-and-swap of the whole word, so a second put, a stale generation and a block of another are seen, and two who put back the same block at once cannot both.</para>
/// </remarks>
internal static class BlockWords
{
    internal const uint Free = 0;
    internal const uint Owned = 1;
    internal const uint Passed = 2;
}
