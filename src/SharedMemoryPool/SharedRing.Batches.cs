namespace Multiprocessing;

/// <content>Batches.</content>
public sealed unsafe partial class SharedRing
{
    /// <summary>Adds messages, in their order.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="batch">Whether all or none, or as many as there is room for.</param>
    /// <returns>How many were added.</returns>
    /// <remarks>
    /// With <see cref="RingBatch.All"/> no other producer's message comes between them. In SPSC a producer that is killed in here leaves all or none; in the other modes those that
    /// it had come to.
    /// </remarks>
    /// <inheritdoc cref="TryEnqueue(ReadOnlySpan{byte})"/>
    public int EnqueueMany(ReadOnlySpan<ReadOnlyMemory<byte>> messages, RingBatch batch = RingBatch.All)
    {
        int added = 0;
        if (batch == RingBatch.AsManyAsFit)
        {
            while (added < messages.Length && TryEnqueue(messages[added].Span))
            {
                added++;
            }

            return added;
        }

        BeginAppend(0);
        foreach (ReadOnlyMemory<byte> message in messages)
        {
            CheckLength(message.Length);
        }

        nint[] records = System.Buffers.ArrayPool<nint>.Shared.Rent(messages.Length);
        if (_ring.TryAppendAll(messages, records, out long end))
        {
            for (; added < messages.Length; added++)
            {
                var record = (RecordHeader*)records[added];
                messages[added].Span.CopyTo(new Span<byte>(MessageRing.Bytes(record), messages[added].Length));
                if (Mode != RingMode.Spsc || added == messages.Length - 1)
                {
                    _ring.Commit(record, end);
                }
                else
                {
                    MessageRing.Prepare(record);
                }
            }

            _control.TellConsumers();
        }

        System.Buffers.ArrayPool<nint>.Shared.Return(records);
        return added;
    }
}
