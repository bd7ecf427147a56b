using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>What precedes each message in a ring of messages of any size.</summary>
/// <remarks>
/// <code>
///  offset  size  field
///       0     8  word    ClaimWord, whose round is the record's position / 16: see MessageRing
///       8     4  length  bytes of the message
///      12     4  total   bytes of the record, this header included: a multiple of 16
///      16        the message
/// </code>
/// A record does not wrap round the end of the ring: a record that is Done fills what is left there.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = ByteSize)]
internal struct RecordHeader
{
    internal const int ByteSize = 16;

    internal const uint Done = 0;
    internal const uint Claimed = 1;
    internal const uint Committed = 2;
    internal const uint Taken = 3;
    internal const uint Returned = 4;

    [FieldOffset(0)]
    internal ulong Word;

    [FieldOffset(8)]
    internal int Length;

    [FieldOffset(12)]
    internal int Total;

    internal static int TotalOf(int length) => (ByteSize + length + ByteSize - 1) & -ByteSize;
}
