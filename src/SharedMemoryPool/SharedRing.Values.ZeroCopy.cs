namespace Multiprocessing;

/// <content>Writing and reading in place.</content>
public sealed unsafe partial class SharedRing<T>
{
    /// <summary>Claims the next place, to be written in place; false when the ring is full.</summary>
    /// <param name="reservation">The place. Dispose it: one that is not committed by then is given up.</param>
    /// <remarks>Consumers wait at a place that is claimed and not committed: do not keep it long. In SPSC there is one at a time.</remarks>
    /// <inheritdoc cref="TryEnqueue(in T)"/>
    public bool TryReserve(out RingReservation<T> reservation)
    {
        if (!_writes)
        {
            BeginWriting();
        }

        if (_isSpsc)
        {
            T* value = _spsc.Reserve();
            reservation = value == null ? default : new RingReservation<T>(this, value, null, (ulong)_control.Header->Tail);
            return value != null || Refuse(RefusedEnqueues);
        }

        ulong* slot = _slots.TryClaim();
        reservation = slot == null ? default : new RingReservation<T>(this, SlotRing<T>.Value(slot), slot, *slot);
        return slot != null || Refuse(RefusedEnqueues);
    }

    /// <summary>Takes the oldest message, to be read in place; false when there is none.</summary>
    /// <param name="message">The message. Dispose it: one that is not advanced over by then is given back, and comes again.</param>
    /// <inheritdoc cref="TryDequeue(out T)"/>
    public bool TryPeek(out RingMessage<T> message)
    {
        if (!_reads)
        {
            BeginReading();
        }

        if (_isSpsc)
        {
            T* value = _spsc.Front();
            if (value != null)
            {
                _spsc.Claim();
            }

            long head = _control.Header->Head;
            message = value == null ? default : new RingMessage<T>(this, value, null, (ulong)head, head < _redeliveredUntil);
            return value != null || Refuse(RefusedDequeues);
        }

        ulong* slot = _slots.TryTake(out uint state);
        message = slot == null ? default : new RingMessage<T>(this, SlotRing<T>.Value(slot), slot, *slot, SlotRing<T>.IsReturned(state));
        return slot != null || Refuse(RefusedDequeues);
    }

    internal void Commit(ulong* slot, ulong seen)
    {
        ThrowIfOver(IsReserved(slot, seen), "The reservation is committed or given up already.");
        if (slot == null)
        {
            _spsc.Publish();
        }
        else
        {
            SlotRing<T>.Commit(slot);
        }

        _control.TellConsumers();
    }

    internal void GiveUp(ulong* slot, ulong seen)
    {
        if (_writes && slot != null && IsReserved(slot, seen))
        {
            // Consumers may have waited for it, and may go on to the next now.
            SlotRing<T>.Release(slot);
            _control.TellConsumers();
            _control.TellProducers();
        }
    }

    internal void Advance(ulong* slot, ulong seen)
    {
        ThrowIfOver(IsTaken(slot, seen), "The message is advanced over or given back already.");
        if (slot == null)
        {
            _spsc.Advance();
        }
        else
        {
            SlotRing<T>.Release(slot);
        }

        _control.TellProducers();
    }

    internal void GiveBack(ulong* slot, ulong seen)
    {
        if (!_reads || !IsTaken(slot, seen))
        {
            return;
        }

        if (slot == null)
        {
            _spsc.GiveBack();
        }
        else
        {
            SlotRing<T>.GiveBack(slot);
            _control.NoteReturns();
        }
    }

    /// <summary>What tells is in the ring, not in the value that the caller may have copied.</summary>
    private bool IsReserved(ulong* slot, ulong seen) => slot == null ? (ulong)_control.Header->Tail == seen : Volatile.Read(ref *slot) == seen;

    private bool IsTaken(ulong* slot, ulong seen) => slot == null ? (ulong)_control.Header->Head == seen : Volatile.Read(ref *slot) == seen;

    private void ThrowIfOver(bool isValid, string message)
    {
        _control.Block.ThrowIfDisposed();
        if (!isValid)
        {
            throw new InvalidOperationException(message);
        }
    }
}
