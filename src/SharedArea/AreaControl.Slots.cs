namespace Multiprocessing;

/// <content>The slots, in which each thread says that it is at an update, and counts those it has made, on a cache line of its own.</content>
internal sealed unsafe partial class AreaControl
{
    private readonly Lock _slotsLock = new();
    private readonly List<int> _ownSlots = [];
    private bool _slotsReleased;

    private ref uint SlotsTaken => ref *(uint*)(Words + SlotsTakenOffset);

    /// <summary>A slot for the calling thread; -1 if all are taken by threads that live.</summary>
    internal int TakeSlot()
    {
        ulong self = ProcessLease.Current.Id;
        lock (_slotsLock)
        {
            int index = _slotsReleased ? -1 : TakeFreeSlot(self);
            if (index < 0 && !_slotsReleased)
            {
                index = TakeDeadSlot(self);
            }

            if (index >= 0)
            {
                _ownSlots.Add(index);

                // Before its first use, by a full fence: who looks for updates under way looks this far.
                uint taken = Volatile.Read(ref SlotsTaken);
                while (taken <= index && Interlocked.CompareExchange(ref SlotsTaken, (uint)index + 1, taken) is uint seen && seen != taken)
                {
                    taken = seen;
                }
            }

            return index;
        }
    }

    /// <summary>Gives a slot of this process back, whose thread has ended.</summary>
    internal void ReleaseSlot(int index)
    {
        lock (_slotsLock)
        {
            if (!_slotsReleased && _ownSlots.Remove(index))
            {
                Volatile.Write(ref Owner(index), 0);
            }
        }
    }

    internal ulong* Slot(int index) => (ulong*)(Words + SlotsOffset + (index * SlotBytes));

    /// <summary>How often the area was updated.</summary>
    internal long CountUpdates()
    {
        long count = (long)Volatile.Read(ref *(ulong*)(Words + BaseOffset));
        int taken = Math.Min((int)Volatile.Read(ref SlotsTaken), MostSlots);
        for (int i = 0; i < taken; i++)
        {
            count += (long)(Volatile.Read(ref *Slot(i)) >> 1);
        }

        return count;
    }

    /// <summary>Counts an update of a thread that has no slot.</summary>
    internal void CountInBase() => Interlocked.Increment(ref *(ulong*)(Words + BaseOffset));

    /// <summary>
    /// Looks whether who makes a larger write is dead, and if so lets the next one in and notes that the bytes may be torn.
    /// </summary>
    internal void MendLarger(ulong larger)
    {
        int index = (int)(larger & LargerWriter) - 1;
        if (index >= MostSlots || (index >= 0 && ProcessLease.IsDead(Volatile.Read(ref Owner(index)))))
        {
            AbandonLarger(larger);
        }
    }

    /// <summary>Waits until no update that began before the gate was closed is under way; false if the time ran out.</summary>
    private bool Drain(Deadline deadline, CancellationToken cancellation)
    {
        int taken = Math.Min((int)Volatile.Read(ref SlotsTaken), MostSlots);
        for (int i = 0; i < taken; i++)
        {
            ulong count = Volatile.Read(ref *Slot(i));
            if ((count & 1) != 0 && !Drain(i, count, deadline, cancellation))
            {
                return false;
            }
        }

        return true;
    }

    private bool Drain(int index, ulong count, Deadline deadline, CancellationToken cancellation)
    {
        // An update takes nanoseconds, and is waited for whatever the deadline is, unless its thread has lost the processor.
        var backoff = default(Backoff);
        while (Volatile.Read(ref *Slot(index)) == count)
        {
            if (backoff.PauseAwake())
            {
                continue;
            }

            cancellation.ThrowIfCancellationRequested();
            if (deadline.Passed)
            {
                return false;
            }

            if (backoff.Pause())
            {
                ulong owner = Volatile.Read(ref Owner(index));
                if (owner == 0 || ProcessLease.IsDead(owner))
                {
                    MendSlot(index);
                }
            }
        }

        return true;
    }

    private ref ulong Owner(int index) => ref *(ulong*)(Words + SlotsOffset + (index * SlotBytes) + OwnerOffset);

    private int TakeFreeSlot(ulong self)
    {
        for (int i = 0; i < MostSlots; i++)
        {
            if (Volatile.Read(ref Owner(i)) == 0 && Interlocked.CompareExchange(ref Owner(i), self, 0) == 0)
            {
                MendSlot(i);
                return i;
            }
        }

        return -1;
    }

    private int TakeDeadSlot(ulong self)
    {
        ulong asked = 0;
        bool isDead = false;
        for (int i = 0; i < MostSlots; i++)
        {
            ulong owner = Volatile.Read(ref Owner(i));
            if (owner != asked)
            {
                (asked, isDead) = (owner, owner == 0 || ProcessLease.IsDead(owner));
            }

            // Ids are never used twice: exactly one gets what a dead process had.
            if (isDead && Interlocked.CompareExchange(ref Owner(i), self, owner) == owner)
            {
                MendSlot(i);
                return i;
            }
        }

        return -1;
    }

    /// <summary>Ends what a dead owner of a slot had begun: an update that may have been made, and a larger write that is half made.</summary>
    private void MendSlot(int index)
    {
        ulong larger = Volatile.Read(ref Larger);
        if ((larger & LargerWriter) == (ulong)index + 1)
        {
            AbandonLarger(larger);
        }

        ulong count = Volatile.Read(ref *Slot(index));
        if ((count & 1) != 0)
        {
            Interlocked.CompareExchange(ref *Slot(index), count + 1, count);
        }
    }

    private void AbandonLarger(ulong larger)
    {
        // First what must not be lost.
        Interlocked.Exchange(ref Torn, 1);
        Interlocked.CompareExchange(ref Larger, (larger | LargerWriter) + 1, larger);
    }

    private void ReleaseSlots()
    {
        lock (_slotsLock)
        {
            foreach (int index in _ownSlots)
            {
                Volatile.Write(ref Owner(index), 0);
            }

            _ownSlots.Clear();
            _slotsReleased = true;
        }
    }
}
