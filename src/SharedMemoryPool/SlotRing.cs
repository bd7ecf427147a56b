using System.Numerics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>The slots of a ring with many producers: each has a word that says its state, its lap and its claimant, and is claimed by one compare-and-swap.</summary>
/// <remarks>
/// <para>The slot of position p is slot <c>p mod capacity</c> in lap <c>p / capacity</c> (called L below). Its word:</para>
/// <code>
///  state             who may change it, and to what
///  Free(L)           any producer: Claimed(L, itself) by CAS. Position p is taken then: nobody else writes there.
///  Claimed(L, o)     o: Committed(L), a release store behind the value; or Free(L+1), if it gives up.
///                    anybody, when o is dead: Free(L+1) by CAS: a hole, which all skip
///  Committed(L)      a consumer: Taken(L, itself), by CAS where there are many
///  Taken(L, o)       o: Free(L+1), a release store behind its reading; or Returned(L), if it gives it back.
///                    anybody, when o is dead: Returned(L) by CAS, or Free(L+1) where the ring drops
///  Returned(L)       as Committed(L), and known to have been delivered before
/// </code>
/// <para><c>tail</c> and <c>head</c> are hints, written without a CAS, and never ahead of the truth: a claimant writes its position + 1 when it has passed all before it. Who looks for a slot
/// walks from the hint: over what others have claimed in this lap, and jumps where the slot is a lap further. So a death, or a stop of any length, between the CAS and the
/// write of the hint costs others a step. A ring is full when the slot at the true tail is still of the lap before, empty when the one at the true head is Free or Claimed.</para>
/// <para>Each producer's messages are in its order, and consumers take in the order of positions. Out of it is only a message that was given back: it may lie behind the head, so
/// consumers look for those whenever <c>returns</c> differs from <c>returnsSeen</c>, which is in the line of the head that they read anyway.</para>
/// <para>A death at each step of enqueue: before the CAS: nothing. After it, in the midst of the value, before the commit: a Claimed slot of the dead. After the commit: the message is there.
/// Of dequeue: before the CAS: nothing. After it: a Taken slot of the dead. After the release: the message is gone, having been read. Who repairs: whoever waits or finds nothing to do, by Participants.</para>
/// </remarks>
internal readonly unsafe struct SlotRing<T>(RingControl control)
    where T : unmanaged
{
    private const uint Free = 0;
    private const uint Claimed = 1;
    private const uint Committed = 2;
    private const uint Taken = 3;
    private const uint Returned = 4;
    private const ulong RoundMask = 0xffffffff_00000000;
    private const ulong OneRound = 1UL << 32;

    private readonly RingHeader* _header = control.Header;
    private readonly byte* _slots = control.Slots;
    private readonly long _mask = control.Capacity - 1;
    private readonly int _shift = BitOperations.Log2((ulong)control.Capacity);
    private readonly ulong _owner = ClaimWord.Of(0, control.Owner, 0);
    private readonly bool _isSingleConsumer = control.Mode == RingMode.Mpsc;

    /// <summary>Whether consumers are to be told of a change, where that needs no fence.</summary>
    internal bool IsItemWanted => _header->Items.IsWanted;

    /// <summary>Whether producers are, likewise.</summary>
    internal bool IsRoomWanted => _header->Room.IsWanted;

    private static int Stride => (sizeof(ulong) + sizeof(T) + 7) & ~7;

    internal static long SlotBytes(long capacity) => capacity * Stride;

    internal static T* Value(ulong* slot) => (T*)(slot + 1);

    internal static ulong* SlotOf(T* value) => (ulong*)value - 1;

    internal static bool IsReturned(uint state) => state == Returned;

    /// <summary>How many messages there are, claimed ones included. Exact when nobody else is at it and nobody has died.</summary>
    internal long Count
    {
        get
        {
            if (Volatile.Read(ref _header->Returns) != Volatile.Read(ref _header->ReturnsSeen))
            {
                return CountEach();
            }

            long head = TrueHead();
            return Math.Clamp(TrueTail() - head, 0, _mask + 1);
        }
    }

    /// <summary>Adds a value, if the first look and the first swap find it easy; else nothing is done.</summary>
    /// <remarks>Nothing in it is a call, and what it writes is the least: each compare-and-swap waits for all stores before it.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryEnqueue(T* item)
    {
        RingHeader* header = _header;
        long position = Volatile.Read(ref header->Tail);
        ulong* slot = At(position);
        ulong free = (ulong)(uint)(position >> _shift) << 32;
        if (Volatile.Read(ref *slot) != free || Interlocked.CompareExchange(ref *slot, free | _owner | Claimed, free) != free)
        {
            return false;
        }

        Volatile.Write(ref header->Tail, position + 1);
        *Value(slot) = *item;
        Volatile.Write(ref *slot, free | Committed);
        return true;
    }

    /// <summary>Removes the oldest value, likewise.</summary>
    /// <inheritdoc cref="TryEnqueue" path="/remarks"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryDequeue(T* item)
    {
        RingHeader* header = _header;
        if (Volatile.Read(ref header->Returns) != header->ReturnsSeen)
        {
            return false;
        }

        long position = Volatile.Read(ref header->Head);
        ulong* slot = At(position);
        ulong round = (ulong)(uint)(position >> _shift) << 32;
        if (Volatile.Read(ref *slot) - round != Committed)
        {
            return false;
        }

        if (_isSingleConsumer)
        {
            Volatile.Write(ref *slot, round | _owner | Taken);
        }
        else if (Interlocked.CompareExchange(ref *slot, round | _owner | Taken, round | Committed) - round != Committed)
        {
            return false;
        }

        Volatile.Write(ref header->Head, position + 1);
        *item = *Value(slot);
        Volatile.Write(ref *slot, round + OneRound);
        return true;
    }

    /// <summary>Claims the next free slot for this handle; null when the ring is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong* TryClaim()
    {
        long position = Volatile.Read(ref _header->Tail);
        ulong* slot = At(position);
        ulong word = Volatile.Read(ref *slot);
        ulong free = (ulong)(uint)(position >> _shift) << 32;
        if (word == free && Interlocked.CompareExchange(ref *slot, free | _owner | Claimed, free) == free)
        {
            Volatile.Write(ref _header->Tail, position + 1);
            return slot;
        }

        return TryClaimFrom(position);
    }

    /// <summary>Makes the value of a claimed slot a message.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Commit(ulong* slot) => Volatile.Write(ref *slot, (*slot & RoundMask) | Committed);

    /// <summary>Leaves a claimed slot as a hole, or a taken one as read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Release(ulong* slot) => Volatile.Write(ref *slot, (*slot & RoundMask) + OneRound);

    /// <summary>Gives a taken message back; the caller notes the return.</summary>
    internal static void GiveBack(ulong* slot) => Volatile.Write(ref *slot, (*slot & RoundMask) | Returned);

    /// <summary>Takes the oldest message for this handle; null when there is none that is ready.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong* TryTake(out uint state)
    {
        if (Volatile.Read(ref _header->Returns) != _header->ReturnsSeen)
        {
            ulong* returned = TryTakeReturned();
            if (returned != null)
            {
                state = Returned;
                return returned;
            }
        }

        long position = Volatile.Read(ref _header->Head);
        ulong* slot = At(position);
        ulong word = Volatile.Read(ref *slot);
        ulong round = (ulong)(uint)(position >> _shift) << 32;
        state = Committed;
        if (word != (round | Committed))
        {
            return word == round ? null : TryTakeFrom(position, out state);
        }

        if (_isSingleConsumer)
        {
            Volatile.Write(ref *slot, round | _owner | Taken);
        }
        else if (Interlocked.CompareExchange(ref *slot, round | _owner | Taken, word) != word)
        {
            return TryTakeFrom(position, out state);
        }

        Volatile.Write(ref _header->Head, position + 1);
        return slot;
    }

    /// <summary>Releases whatever this owner, who is dead or leaves, claims.</summary>
    internal static bool Sweep(RingControl control, uint owner)
    {
        var ring = new SlotRing<T>(control);
        for (long i = 0; i <= ring._mask; i++)
        {
            ulong* slot = ring.At(i);
            ulong word = Volatile.Read(ref *slot);
            if (ClaimWord.Owner(word) != owner)
            {
                continue;
            }

            bool isTaken = ClaimWord.State(word) == Taken;
            bool returns = isTaken && control.Redelivers;
            ulong next = returns ? (word & RoundMask) | Returned : (word & RoundMask) + OneRound;
            if (Interlocked.CompareExchange(ref *slot, next, word) == word)
            {
                Interlocked.Increment(ref isTaken ? ref returns ? ref control.Header->Redelivered : ref control.Header->Dropped : ref control.Header->Holes);
            }
        }

        return true;
    }

    internal bool Contains(in T value)
    {
        for (long i = 0; i <= _mask; i++)
        {
            ulong* slot = At(i);
            if (ClaimWord.State(Volatile.Read(ref *slot)) is Committed or Taken or Returned && EqualityComparer<T>.Default.Equals(*Value(slot), value))
            {
                return true;
            }
        }

        return false;
    }

    private ulong* At(long position) => (ulong*)(_slots + ((position & _mask) * Stride));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong* TryClaimFrom(long position)
    {
        while (true)
        {
            ulong* slot = At(position);
            ulong word = Volatile.Read(ref *slot);
            ulong free = (ulong)(uint)(position >> _shift) << 32;
            int laps = (int)(uint)((word - free) >> 32);
            if (laps < 0)
            {
                return null;
            }

            if (word == free)
            {
                if (Interlocked.CompareExchange(ref *slot, free | _owner | Claimed, free) == free)
                {
                    Volatile.Write(ref _header->Tail, position + 1);
                    return slot;
                }

                continue;
            }

            position = NextUnclaimed(position, laps, ClaimWord.State(word));
        }
    }

    /// <summary>The first position that may be free, given that the slot of this one was found so many laps further. Never ahead of the true tail.</summary>
    private long NextUnclaimed(long position, int laps, uint state)
    {
        long lap = position + ((long)laps << _shift);
        return (state == Free ? lap - (_mask + 1) : lap) + 1;
    }

    /// <summary>The first position that may hold a message, given that the slot of this one was found so many laps further.</summary>
    /// <remarks>
    /// That slot's position of the lap before was claimed, so all positions a capacity before that one are free again; no more than this, as it may have been a hole, which
    /// is free again before any consumer has come by.
    /// </remarks>
    private long NextUntaken(long position, int laps) => position + ((long)Math.Max(laps - 2, 0) << _shift) + 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong* TryTakeFrom(long position, out uint state)
    {
        while (true)
        {
            ulong* slot = At(position);
            ulong word = Volatile.Read(ref *slot);
            ulong round = (ulong)(uint)(position >> _shift) << 32;
            int laps = (int)(uint)((word - round) >> 32);
            state = ClaimWord.State(word);
            if (laps > 0)
            {
                position = NextUntaken(position, laps);
            }
            else if (laps < 0 || state is Free or Claimed)
            {
                return null;
            }
            else if (state == Taken)
            {
                position++;
            }
            else if (Interlocked.CompareExchange(ref *slot, round | _owner | Taken, word) == word)
            {
                Volatile.Write(ref _header->Head, position + 1);
                return slot;
            }
        }
    }

    /// <summary>Takes the oldest of the messages that were given back.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong* TryTakeReturned()
    {
        while (true)
        {
            uint returns = Volatile.Read(ref _header->Returns);
            uint seen = Volatile.Read(ref _header->ReturnsSeen);
            ulong* oldest = null;
            ulong word = 0;
            long head = Volatile.Read(ref _header->Head);
            uint lapOfHead = (uint)(head >> _shift);
            for (long i = 0; i <= _mask; i++)
            {
                // From the position that the head has in the lap before on: in the order of positions, as far as the head is right.
                ulong* slot = At(head + i);
                ulong found = Volatile.Read(ref *slot);
                if (ClaimWord.State(found) == Returned
                    && (oldest == null || (int)(ClaimWord.Round(found) - lapOfHead) < (int)(ClaimWord.Round(word) - lapOfHead)))
                {
                    oldest = slot;
                    word = found;
                }
            }

            if (oldest == null)
            {
                // Whatever is given back after this look makes returns differ again.
                Interlocked.CompareExchange(ref _header->ReturnsSeen, returns, seen);
                return null;
            }

            if (Interlocked.CompareExchange(ref *oldest, (word & RoundMask) | _owner | Taken, word) == word)
            {
                return oldest;
            }
        }
    }

    /// <summary>Where some may have been given back, and lie behind the head.</summary>
    private long CountEach()
    {
        long count = 0;
        for (long i = 0; i <= _mask; i++)
        {
            count += ClaimWord.State(Volatile.Read(ref *At(i))) is Claimed or Committed or Returned ? 1 : 0;
        }

        return count;
    }

    private long TrueTail()
    {
        long position = Volatile.Read(ref _header->Tail);
        while (true)
        {
            ulong word = Volatile.Read(ref *At(position));
            ulong round = (ulong)(uint)(position >> _shift) << 32;
            int laps = (int)(uint)((word - round) >> 32);
            if (laps < 0 || word == round)
            {
                return position;
            }

            position = NextUnclaimed(position, laps, ClaimWord.State(word));
        }
    }

    private long TrueHead()
    {
        long position = Volatile.Read(ref _header->Head);
        while (true)
        {
            ulong word = Volatile.Read(ref *At(position));
            int laps = (int)(uint)((word - ((ulong)(uint)(position >> _shift) << 32)) >> 32);
            if (laps > 0)
            {
                position = NextUntaken(position, laps);
            }
            else if (laps == 0 && ClaimWord.State(word) == Taken)
            {
                position++;
            }
            else
            {
                return position;
            }
        }
    }
}
