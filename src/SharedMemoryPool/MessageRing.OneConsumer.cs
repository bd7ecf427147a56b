namespace Multiprocessing;

/// <content>Taking, where there is one consumer.</content>
internal abstract unsafe partial class MessageRing
{
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
}
