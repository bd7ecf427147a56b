namespace Multiprocessing;

/// <summary>
/// A 64-bit word that says in one piece what state something is in, in which round, and by whose hand, so that one compare-and-swap changes all
/// three or nothing.
/// </summary>
/// <remarks>
/// <code>
///  bits 63..32  round  which use of the slot this is (a ring's lap, a block's generation); wraps
///  bits 31..3   owner  who claims it (see Participants): 21 bits of epoch, 8 bits of index; 0 when nobody does
///  bits  2..0   state
/// </code>
/// An owner that died never comes back, and its index is given away again under another epoch only when no word holds the old one. So a word that was read once and is
/// still the same at a compare-and-swap means the same: what it would take to be fooled is 2^32 rounds, or 2^21 deaths of owners of one index in one round, between
/// two instructions.
/// </remarks>
internal static class ClaimWord
{
    internal const int OwnerBits = 29;

    private const int OwnerShift = 3;
    private const ulong StateMask = 7;
    private const uint OwnerMask = (1u << OwnerBits) - 1;

    internal static ulong Of(uint round, uint owner, uint state) => ((ulong)round << 32) | ((ulong)owner << OwnerShift) | state;

    internal static uint Round(ulong word) => (uint)(word >> 32);

    internal static uint Owner(ulong word) => (uint)(word >> OwnerShift) & OwnerMask;

    internal static uint State(ulong word) => (uint)(word & StateMask);
}
