using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>
/// The lock of the user. Updates of up to 8 bytes and larger writes do not enter it; they say in their slot that they are at it and look at the gate, and who has
/// entered the lock closes the gate and waits for those who were through before.
/// </content>
internal sealed unsafe partial class AreaControl
{
    private const uint GateIdle = Fenced | Settled;

    /// <summary>Whether the calling thread has entered to write.</summary>
    internal bool IsWriteHeld
    {
        get
        {
            ref ThreadHolds.Hold hold = ref ThreadHolds.Find(_key);
            return !Unsafe.IsNullRef(ref hold) && hold.Writes > 0;
        }
    }

    /// <summary>Whether the calling thread has entered to read or to write.</summary>
    internal bool IsHeld => !Unsafe.IsNullRef(ref ThreadHolds.Find(_key));

    /// <summary>Whether a writer died in the lock before the last entry to write.</summary>
    internal bool Abandoned => _lock.Abandoned;

    internal bool TryEnterRead(Deadline deadline, CancellationToken cancellation)
    {
        bool isFirst = !IsHeld;
        if (!_lock.TryEnterRead(deadline, cancellation))
        {
            return false;
        }

        bool entered = !isFirst;
        if (isFirst)
        {
            uint gate = CountReader();
            try
            {
                Settle(gate);
                entered = Drain(deadline, cancellation);
            }
            finally
            {
                if (!entered)
                {
                    LeaveRead();
                }
            }
        }

        return entered;
    }

    internal void ExitRead()
    {
        if (Holds(reads: 1, writes: 0))
        {
            LeaveRead();
        }
        else
        {
            _lock.ExitRead();
        }
    }

    internal bool TryEnterWrite(Deadline deadline, CancellationToken cancellation)
    {
        bool isFirst = !IsHeld;
        if (!_lock.TryEnterWrite(deadline, cancellation))
        {
            return false;
        }

        bool entered = !isFirst;
        if (isFirst)
        {
            try
            {
                // Nobody else is in the lock: what the gate says of readers is what dead ones have left.
                Settle(Interlocked.Exchange(ref Gate, (Volatile.Read(ref Gate) & Settled) | Fenced | Writing));
                entered = Drain(deadline, cancellation);
            }
            finally
            {
                if (!entered)
                {
                    Interlocked.And(ref Gate, GateIdle);
                    _lock.ExitWrite();
                }
            }

            if (entered)
            {
                // Odd; it is so already if a writer died here.
                Interlocked.Exchange(ref Epoch, (Volatile.Read(ref Epoch) + 2) | 1);
            }
        }

        return entered;
    }

    internal void ExitWrite()
    {
        if (Holds(reads: 0, writes: 1))
        {
            Volatile.Write(ref Epoch, Volatile.Read(ref Epoch) + 1);
            Volatile.Write(ref Gate, GateIdle);
        }

        _lock.ExitWrite();
    }

    /// <summary>Whether the calling thread has entered through this object just so often.</summary>
    private bool Holds(int reads, int writes)
    {
        ref ThreadHolds.Hold hold = ref ThreadHolds.Find(_key);
        return !Unsafe.IsNullRef(ref hold) && hold.Reads == reads && hold.Writes == writes && ReferenceEquals(hold.Through, _lock);
    }

    private void LeaveRead()
    {
        Interlocked.Add(ref Gate, unchecked(0u - OneReader));
        _lock.ExitRead();
    }

    /// <summary>Closes the gate for one more reader; returns what it was.</summary>
    private uint CountReader()
    {
        // No writer is in the lock, so one that the words speak of is dead. What it left is said by the lock.
        uint epoch = Volatile.Read(ref Epoch);
        if ((epoch & 1) != 0)
        {
            Interlocked.CompareExchange(ref Epoch, epoch + 1, epoch);
        }

        uint gate = Volatile.Read(ref Gate);
        while (true)
        {
            uint seen = Interlocked.CompareExchange(ref Gate, ((gate & ~Writing) | Fenced) + OneReader, gate);
            if (seen == gate)
            {
                return gate;
            }

            gate = seen;
        }
    }

    /// <summary>The first time, once in the life of an area: those who may not know yet that they have to fence get a fence from here.</summary>
    private void Settle(uint gate)
    {
        if ((gate & Settled) == 0)
        {
            SharedFence.HeavyForAll();
            Interlocked.Or(ref Gate, Settled);
        }
    }
}
