namespace Multiprocessing;

/// <summary>The records of a ring of messages of any size: appending, and what all modes share. Taking is the mode's: <see cref="Mpmc"/> or <see cref="OneConsumer"/>.</summary>
/// <remarks>
/// <para>Records lie one behind the other in [head, tail). Only what <c>tail</c> has passed exists. States of a record's word:</para>
/// <code>
///  Claimed(o)    o is writing it. o: Committed, a release store; or Done, it gives up. A consumer, when o is dead: Done (a hole)
///  Committed     a consumer: Taken(itself)
///  Taken(o)      o: Done; or Returned. A consumer, when o is dead: Returned, or Done where the ring drops
///  Returned      as Committed, delivered before
///  Done          nobody's: skipped, and its bytes free when head passes it
/// </code>
/// <para>MPSC and MPMC: who appends holds <c>tailLock</c>, a word with its owner, for some stores: 1 the record's header, Claimed by itself → 2 <c>tail</c> (release) → 3 unlock. A death before 2 leaves a lock of
/// the dead and no record; after it, a record Claimed by the dead. The lock is taken over by whoever wants it next, by compare-and-swap, and nothing is to be repaired.
/// SPSC: no lock, and the record is Committed before <c>tail</c> passes it.</para>
/// <para>MPMC: who takes holds <c>headLock</c> while it walks from <c>take</c>: 1 word: Taken by itself → 2 <c>take</c> behind it → 3 <c>head</c> behind all that are Done → 4 unlock. Each is one store, and any prefix of
/// them is a valid state: a death leaves a lock, and maybe a record, of the dead. One that is given back: <c>take</c> to it at most, then the word.</para>
/// <para>SPSC, MPSC: the one consumer alone moves <c>head</c>; <c>claim</c> (SPSC) is the end of the record that it reads.</para>
/// </remarks>
internal abstract unsafe class MessageRing
{
    private const int LockSpins = 400;

    private protected readonly RingControl Control;
    private protected readonly RingHeader* Header;
    private protected readonly uint Me;
    private readonly byte* _records;
    private readonly long _mask;
    private readonly bool _isSpsc;

    private protected MessageRing(RingControl control)
    {
        Control = control;
        Header = control.Header;
        Me = control.Owner;
        _records = control.Slots;
        _mask = control.Capacity - 1;
        _isSpsc = control.Mode == RingMode.Spsc;
    }

    internal static MessageRing Over(RingControl control) => control.Mode == RingMode.Mpmc ? new Mpmc(control) : new OneConsumer(control);

    internal static byte* Bytes(RecordHeader* record) => (byte*)(record + 1);

    /// <summary>The largest message: with the record that fills the end it must fit in any case.</summary>
    internal static int MostBytes(long capacity) => (int)Math.Min((capacity / 2) - RecordHeader.ByteSize, int.MaxValue / 2);

    /// <summary>Claims room for a message; null when there is none, or the lock is not to be had.</summary>
    /// <param name="length">Its bytes.</param>
    /// <param name="end">SPSC: what tail is to be when it is committed.</param>
    internal RecordHeader* TryAppend(int length, out long end)
    {
        end = 0;
        if (!_isSpsc && !TryLock(ref Header->TailLock))
        {
            return null;
        }

        RecordHeader* record = Append(Header->Tail, length, out end);
        if (!_isSpsc)
        {
            if (record != null)
            {
                Volatile.Write(ref Header->Tail, end);
            }

            Volatile.Write(ref Header->TailLock, 0);
        }

        return record;
    }

    /// <summary>Claims room for all messages, or for none; the records follow each other, so the first tells where they are.</summary>
    internal bool TryAppendAll(ReadOnlySpan<ReadOnlyMemory<byte>> messages, Span<nint> records, out long end)
    {
        end = 0;
        if (!_isSpsc && !TryLock(ref Header->TailLock))
        {
            return false;
        }

        end = Header->Tail;
        bool fits = true;
        for (int i = 0; i < messages.Length && fits; i++)
        {
            RecordHeader* record = Append(end, messages[i].Length, out end);
            records[i] = (nint)record;
            fits = record != null;
        }

        if (!_isSpsc)
        {
            if (fits)
            {
                Volatile.Write(ref Header->Tail, end);
            }

            Volatile.Write(ref Header->TailLock, 0);
        }

        return fits;
    }

    /// <summary>Makes a record that was appended a message.</summary>
    internal void Commit(RecordHeader* record, long end)
    {
        Set(record, 0, RecordHeader.Committed);
        if (_isSpsc)
        {
            Volatile.Write(ref Header->Tail, end);
        }
    }

    /// <summary>SPSC: writes what a commit does, but for tail, which passes the whole batch at once.</summary>
    internal static void Prepare(RecordHeader* record) => Set(record, 0, RecordHeader.Committed);

    /// <summary>Leaves a record that was appended as a hole. In SPSC it never was one.</summary>
    internal void GiveUp(RecordHeader* record)
    {
        if (!_isSpsc)
        {
            Set(record, 0, RecordHeader.Done);
        }
    }

    /// <summary>Takes the oldest message; null when none is ready.</summary>
    internal abstract RecordHeader* TryTake(out long position, out bool isReturned);

    /// <summary>Removes a message that was taken.</summary>
    internal abstract void Advance(RecordHeader* record, long position);

    /// <summary>Gives back a message that was taken.</summary>
    internal abstract void GiveBack(RecordHeader* record, long position);

    /// <summary>Settles what the dead had claimed and is in the way of this consumer, who has found nothing for a while.</summary>
    internal abstract void ResolveDead();

    /// <summary>Gives the bytes of Done records back, if that is somebody else's than the consumer's to do.</summary>
    private protected abstract void FreeDone();

    /// <summary>How many messages there are. A walk beside others: it looks again when the head has moved meanwhile.</summary>
    internal long Count()
    {
        long count = 0;
        for (int attempt = 0; attempt < 100; attempt++)
        {
            count = 0;
            long head = Volatile.Read(ref Header->Head);
            long tail = Volatile.Read(ref Header->Tail);
            long position = head;
            while (position < tail)
            {
                RecordHeader* record = At(position);
                int total = Volatile.Read(ref record->Total);
                if (!IsTotal(position, tail, total))
                {
                    break;
                }

                count += ClaimWord.State(Volatile.Read(ref record->Word)) == RecordHeader.Done ? 0 : 1;
                position += total;
            }

            if (position >= tail && Volatile.Read(ref Header->Head) == head)
            {
                return count;
            }
        }

        return count;
    }

    private protected RecordHeader* At(long position) => (RecordHeader*)(_records + (position & _mask));

    /// <summary>The bytes of a record that a consumer is about to believe.</summary>
    /// <exception cref="InvalidDataException">It cannot be one.</exception>
    private protected int TotalAt(long position, long tail)
    {
        RecordHeader* record = At(position);
        return IsTotal(position, tail, record->Total) && (uint)record->Length <= (uint)(record->Total - RecordHeader.ByteSize)
            ? record->Total
            : throw new InvalidDataException(
                $"The ring '{Control.Block.Name}' is damaged: the record at {position & _mask} says it has {record->Total} bytes, {record->Length} of them message.");
    }

    /// <summary>Takes a lock, also from a dead holder; false when a living one, who may be stopped, keeps it too long.</summary>
    private protected bool TryLock(ref uint word)
    {
        if (Interlocked.CompareExchange(ref word, Me, 0) == 0)
        {
            return true;
        }

        var spin = default(SpinWait);
        for (int i = 1; i <= LockSpins; i++)
        {
            spin.SpinOnce(sleep1Threshold: LockSpins / 2);
            uint holder = Volatile.Read(ref word);
            if (holder == 0 || (i % (LockSpins / 4) == 0 && Control.IsGone(holder)))
            {
                if (Interlocked.CompareExchange(ref word, Me, holder) == holder)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool IsTotal(long position, long tail, int total) =>
        total >= RecordHeader.ByteSize && total % RecordHeader.ByteSize == 0 && total <= tail - position && (position & _mask) + total <= _mask + 1;

    private RecordHeader* Append(long tail, int length, out long end)
    {
        int total = RecordHeader.TotalOf(length);
        long toEnd = _mask + 1 - (tail & _mask);
        long fill = total > toEnd ? toEnd : 0;
        end = tail + fill + total;
        if (end - Header->SeenHead > _mask + 1)
        {
            FreeDone();
            Header->SeenHead = Volatile.Read(ref Header->Head);
            if (end - Header->SeenHead > _mask + 1)
            {
                return null;
            }
        }

        if (fill > 0)
        {
            Write(tail, RecordHeader.Done, (int)fill - RecordHeader.ByteSize, (int)fill);
        }

        Write(tail + fill, RecordHeader.Claimed, length, total);
        return At(tail + fill);
    }

    /// <summary>The round of a record's word is its position: a claim that is long over is not taken for the one that is there now.</summary>
    private void Write(long position, uint state, int length, int total)
    {
        RecordHeader* record = At(position);
        record->Word = ClaimWord.Of((uint)(position / RecordHeader.ByteSize), state == RecordHeader.Done ? 0 : Me, state);
        record->Length = length;
        record->Total = total;
    }

    private protected static void Set(RecordHeader* record, uint owner, uint state) =>
        Volatile.Write(ref record->Word, ClaimWord.Of(ClaimWord.Round(record->Word), owner, state));

    /// <summary>Settles one record whose claimant is gone; returns whether it was.</summary>
    private protected bool Settle(RecordHeader* record, ulong word)
    {
        bool isTaken = ClaimWord.State(word) == RecordHeader.Taken;
        bool returns = isTaken && Control.Redelivers;
        if (Interlocked.CompareExchange(ref record->Word, ClaimWord.Of(ClaimWord.Round(word), 0, returns ? RecordHeader.Returned : RecordHeader.Done), word) != word)
        {
            return false;
        }

        Interlocked.Increment(ref isTaken ? ref returns ? ref Header->Redelivered : ref Header->Dropped : ref Header->Holes);
        return true;
    }

    /// <summary>One consumer, with one producer or many: it needs no lock, and alone moves the head.</summary>
    private sealed class OneConsumer(RingControl control) : MessageRing(control)
    {
        internal override RecordHeader* TryTake(out long position, out bool isReturned)
        {
            position = Header->Head;
            isReturned = false;
            long tail = position < Header->SeenTail ? Header->SeenTail : Header->SeenTail = Volatile.Read(ref Header->Tail);
            while (true)
            {
                if (position >= tail)
                {
                    Header->SeenTail = Volatile.Read(ref Header->Tail);
                    if (position >= Header->SeenTail)
                    {
                        return null;
                    }

                    tail = Header->SeenTail;
                }

                RecordHeader* record = At(position);
                uint state = ClaimWord.State(Volatile.Read(ref record->Word));
                int total = TotalAt(position, tail);
                if (state is RecordHeader.Committed or RecordHeader.Returned)
                {
                    isReturned = state == RecordHeader.Returned;
                    if (Control.Mode == RingMode.Spsc)
                    {
                        Volatile.Write(ref Header->Claim, position + total);
                    }
                    else
                    {
                        Set(record, Me, RecordHeader.Taken);
                    }

                    return record;
                }

                if (state != RecordHeader.Done)
                {
                    return null;
                }

                position += total;
                Volatile.Write(ref Header->Head, position);
            }
        }

        internal override void Advance(RecordHeader* record, long position) => Volatile.Write(ref Header->Head, position + record->Total);

        internal override void GiveBack(RecordHeader* record, long position)
        {
            if (Control.Mode == RingMode.Spsc)
            {
                Volatile.Write(ref Header->Claim, position);
            }
            else
            {
                Set(record, 0, RecordHeader.Returned);
            }
        }

        internal override void ResolveDead()
        {
            long tail = Volatile.Read(ref Header->Tail);
            long position = Header->Head;
            if (Control.Mode == RingMode.Spsc || position >= tail)
            {
                return;
            }

            RecordHeader* record = At(position);
            ulong word = Volatile.Read(ref record->Word);
            if (ClaimWord.State(word) is RecordHeader.Claimed or RecordHeader.Taken && Control.IsGone(ClaimWord.Owner(word)))
            {
                Settle(record, word);
            }
        }

        private protected override void FreeDone()
        {
        }
    }

    /// <summary>Many producers, many consumers.</summary>
    private sealed class Mpmc(RingControl control) : MessageRing(control)
    {
        internal override RecordHeader* TryTake(out long position, out bool isReturned)
        {
            position = 0;
            isReturned = false;

            // Without the lock: an empty ring is polled by many.
            if (Volatile.Read(ref Header->Take) >= Volatile.Read(ref Header->Tail) || !TryLock(ref Header->HeadLock))
            {
                return null;
            }

            try
            {
                long tail = Volatile.Read(ref Header->Tail);
                for (position = Header->Take; position < tail;)
                {
                    RecordHeader* record = At(position);
                    uint state = ClaimWord.State(Volatile.Read(ref record->Word));
                    int total = TotalAt(position, tail);
                    if (state is RecordHeader.Committed or RecordHeader.Returned)
                    {
                        isReturned = state == RecordHeader.Returned;
                        Set(record, Me, RecordHeader.Taken);
                        Volatile.Write(ref Header->Take, position + total);
                        FreeDoneLocked();
                        return record;
                    }

                    if (state == RecordHeader.Claimed)
                    {
                        return null;
                    }

                    position += total;
                    Volatile.Write(ref Header->Take, position);
                }

                FreeDoneLocked();
                return null;
            }
            finally
            {
                Volatile.Write(ref Header->HeadLock, 0);
            }
        }

        internal override void Advance(RecordHeader* record, long position) =>
            Set(record, 0, RecordHeader.Done);

        internal override void GiveBack(RecordHeader* record, long position)
        {
            // The lock cannot be refused here for good: a message would be lost to this process's life.
            while (!TryLock(ref Header->HeadLock))
            {
            }

            Return(record, position, record->Word, isDeath: false);
            Volatile.Write(ref Header->HeadLock, 0);
        }

        internal override void ResolveDead() => Control.CheckForDead();

        /// <summary>Releases what an owner claims; false when the lock is not to be had.</summary>
        internal bool Sweep(uint owner)
        {
            if (!TryLock(ref Header->HeadLock))
            {
                return false;
            }

            try
            {
                long tail = Volatile.Read(ref Header->Tail);
                for (long position = Header->Head; position < tail;)
                {
                    RecordHeader* record = At(position);
                    ulong word = Volatile.Read(ref record->Word);
                    int total = TotalAt(position, tail);
                    if (ClaimWord.Owner(word) == owner)
                    {
                        Return(record, position, word, isDeath: true);
                    }

                    position += total;
                }

                return true;
            }
            finally
            {
                Volatile.Write(ref Header->HeadLock, 0);
            }
        }

        private protected override void FreeDone()
        {
            if (TryLock(ref Header->HeadLock))
            {
                FreeDoneLocked();
                Volatile.Write(ref Header->HeadLock, 0);
            }
        }

        private void FreeDoneLocked()
        {
            long head = Header->Head;
            long take = Header->Take;
            while (head < take && ClaimWord.State(Volatile.Read(ref At(head)->Word)) == RecordHeader.Done)
            {
                head += TotalAt(head, take);
            }

            Volatile.Write(ref Header->Head, head);
        }

        /// <summary>First the place where consumers look, then the word: between the two they only skip it once more.</summary>
        private void Return(RecordHeader* record, long position, ulong word, bool isDeath)
        {
            if (ClaimWord.State(word) == RecordHeader.Taken && position < Header->Take)
            {
                Volatile.Write(ref Header->Take, position);
            }

            if (isDeath)
            {
                Settle(record, word);
            }
            else
            {
                Set(record, 0, RecordHeader.Returned);
            }
        }
    }

    /// <summary>Releases what an owner who is dead or leaves claims. Where there is one consumer, he does that when he comes to it.</summary>
    internal static bool Sweep(RingControl control, uint owner) => control.Mode != RingMode.Mpmc || new Mpmc(control).Sweep(owner);
}
