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
internal abstract unsafe partial class MessageRing
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

    /// <summary>Releases what an owner who is dead or leaves claims. Where there is one consumer, he does that when he comes to it.</summary>
    internal static bool Sweep(RingControl control, uint owner) => control.Mode != RingMode.Mpmc || new Mpmc(control).Sweep(owner);
}
