using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>How a pool begins.</summary>
/// <remarks>
/// <code>
///  offset  size  field
///       0    32  StructureHeader, kind "pool", version 1
///      32     8  id          random: tells this pool's blocks from another's
///      40     4  blockCount
///      44     4  blockSize   as asked for
///      48     8  stride      the same, rounded up to 64
///      64     8  lastCheck   when somebody last looked for the dead
///     128    16  free        Gate: where those sleep who wait for a block
///     256  4080  Participants
///    4352   8·n  words       one ClaimWord a block (see BlockWords)
///     then       hints       FreeHints: one bit a block, one bit for each 64 of those, and so on, each level aligned to 64
///     then       blocks      aligned to 64
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = ByteSize)]
internal struct PoolHeader
{
    internal const int ByteSize = 4352;
    internal const uint Version = 1;
    internal const int ParticipantsOffset = 256;

    [FieldOffset(32)]
    internal ulong Id;

    [FieldOffset(40)]
    internal int BlockCount;

    [FieldOffset(44)]
    internal int BlockSize;

    [FieldOffset(48)]
    internal long Stride;

    [FieldOffset(64)]
    internal long LastCheck;

    [FieldOffset(128)]
    internal Gate Free;
}
