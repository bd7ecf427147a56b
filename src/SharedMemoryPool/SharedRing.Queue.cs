namespace Multiprocessing;

/// <content>What <see cref="SharedQueue{T}"/> needs of the ring that it is made of: room behind the records, messages that are kept taken, and who has what.</content>
public sealed unsafe partial class SharedRing
{
    internal RingControl Control => _control;

    /// <summary>Where the room behind the records begins.</summary>
    internal byte* BehindRecords => _control.Slots + Capacity;

    /// <summary>Makes a ring for many producers and consumers as the first part of a larger structure.</summary>
    internal static SharedRing Create(string kind, long capacity, long bytesBehind, string? name, SharedMemoryOptions? block)
    {
        RingCapacity.Check(capacity, LeastCapacity);
        return new SharedRing(RingControl.Create(kind, capacity, 0, capacity + bytesBehind, name, new RingOptions { Block = block }, MessageRing.Sweep));
    }

    /// <summary>Attaches to one that is the first part of a larger structure.</summary>
    internal static SharedRing Attach(string kind, string name, long bytesBehind)
    {
        var ring = new SharedRing(RingControl.Attach(kind, name, 0, header => header.Capacity + bytesBehind, MessageRing.Sweep));
        if (ring.Mode == RingMode.Mpmc)
        {
            return ring;
        }

        RingMode mode = ring.Mode;
        ring.Dispose();
        throw new InvalidDataException($"'{name}' is a {kind} whose header makes no sense: mode {mode}.");
    }

    /// <summary>Takes the oldest message, which stays this handle's until <see cref="Finish"/>, or until its process dies.</summary>
    internal bool TryTake(out TakenRecord taken)
    {
        if (!_reads)
        {
            BeginReading();
        }

        RecordHeader* record = _ring.TryTake(out long position, out _);
        taken = record == null ? default : new TakenRecord(record, record->Word, position);
        if (record == null && ++_refusals[32] % RefusalsBetweenChecks == 0)
        {
            Resolve();
        }

        return record != null;
    }

    /// <summary>Removes a message that was taken.</summary>
    internal void Finish(TakenRecord taken) => Advance(taken.Record, taken.Seen, taken.Position);

    /// <summary>
    /// How many messages wait and how many are taken. False if others change too much meanwhile: a record is known to be one only while neither end has moved.
    /// </summary>
    internal bool TryCount(out int waiting, out int taken)
    {
        for (int attempt = 0; attempt < 16; attempt++)
        {
            if (Walk(except: 0, untilFirst: false, out waiting, out taken))
            {
                return true;
            }

            Thread.SpinWait(20);
        }

        waiting = taken = 0;
        return false;
    }

    /// <summary>
    /// Whether no message is there that is not finished, but for those that a handle has taken. Only a yes is for sure, and of the moment of the last look: nothing was added since the first one,
    /// and what is finished stays so.
    /// </summary>
    /// <param name="except">The handle; 0 for none.</param>
    internal bool IsAllFinished(uint except) => Walk(except, untilFirst: true, out int waiting, out int taken) && waiting + taken == 0;

    private bool Walk(uint except, bool untilFirst, out int waiting, out int taken)
    {
        RingHeader* header = Counters;
        long head = Volatile.Read(ref header->Head);
        long tail = Volatile.Read(ref header->Tail);
        long position = head;
        waiting = taken = 0;
        while (position < tail && !(untilFirst && waiting + taken > 0))
        {
            long offset = position & (Capacity - 1);
            var record = (RecordHeader*)(_control.Slots + offset);
            ulong word = Volatile.Read(ref record->Word);
            int total = Volatile.Read(ref record->Total);
            if (total < RecordHeader.ByteSize || total % RecordHeader.ByteSize != 0 || total > tail - position || offset + total > Capacity)
            {
                return false;
            }

            switch (ClaimWord.State(word))
            {
                case RecordHeader.Done:
                    break;
                case RecordHeader.Taken when except == 0 || ClaimWord.Owner(word) != except:
                    taken++;
                    break;
                case RecordHeader.Taken:
                    break;
                default:
                    waiting++;
                    break;
            }

            position += total;
        }

        return Volatile.Read(ref header->Head) == head && Volatile.Read(ref header->Tail) == tail;
    }
}
