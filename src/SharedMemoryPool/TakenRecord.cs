namespace Multiprocessing;

/// <summary>A message that a handle keeps taken: what <see cref="RingMessage"/> is, to be kept for longer than a method.</summary>
/// <param name="record">Where it is.</param>
/// <param name="seen">Its word while it is this handle's.</param>
/// <param name="position">Its place in the ring.</param>
internal readonly unsafe struct TakenRecord(RecordHeader* record, ulong seen, long position)
{
    internal RecordHeader* Record => record;

    internal ulong Seen => seen;

    internal long Position => position;

    /// <summary>The message. Valid until it is finished.</summary>
    internal ReadOnlySpan<byte> Bytes => new(MessageRing.Bytes(record), record->Length);
}
