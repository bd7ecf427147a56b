namespace Multiprocessing;

/// <content>Taking, where there are many consumers.</content>
internal abstract unsafe partial class MessageRing
{
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
}
