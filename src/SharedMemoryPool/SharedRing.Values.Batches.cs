using System.Buffers;

namespace Multiprocessing;

/// <content>Batches.</content>
public sealed unsafe partial class SharedRing<T>
{
    private const int FewSlots = 64;

    /// <summary>Adds values, in their order.</summary>
    /// <param name="items">The values.</param>
    /// <param name="batch">Whether all or none, or as many as there is room for.</param>
    /// <returns>How many were added.</returns>
    /// <remarks>
    /// In SPSC the consumer sees them all at once, and a producer that is killed in here leaves all or none. In the other modes they become visible one after the
    /// other, others' values may come between them, and a producer that is killed leaves those that it had come to.
    /// </remarks>
    /// <inheritdoc cref="TryEnqueue(in T)"/>
    public int EnqueueMany(ReadOnlySpan<T> items, RingBatch batch = RingBatch.All)
    {
        if (!_writes)
        {
            BeginWriting();
        }

        int added = _isSpsc ? _spsc.EnqueueMany(items, batch == RingBatch.All) : batch == RingBatch.All ? EnqueueAll(items) : EnqueueSome(items);
        if (added > 0)
        {
            _control.TellConsumers();
        }
        else if (items.Length > 0)
        {
            Refuse(RefusedEnqueues);
        }

        return added;
    }

    /// <summary>Removes the oldest values.</summary>
    /// <param name="items">Where they go, from its beginning on.</param>
    /// <param name="batch">Whether all or none, or as many as there are.</param>
    /// <returns>How many were removed.</returns>
    /// <inheritdoc cref="TryDequeue(out T)"/>
    public int DequeueMany(Span<T> items, RingBatch batch = RingBatch.All)
    {
        if (!_reads)
        {
            BeginReading();
        }

        int removed = _isSpsc ? _spsc.DequeueMany(items, batch == RingBatch.All) : batch == RingBatch.All ? DequeueAll(items) : DequeueSome(items);
        if (removed > 0)
        {
            _control.TellProducers();
        }
        else if (items.Length > 0)
        {
            Refuse(RefusedDequeues);
        }

        return removed;
    }

    private int EnqueueSome(ReadOnlySpan<T> items)
    {
        for (int i = 0; i < items.Length; i++)
        {
            ulong* slot = _slots.TryClaim();
            if (slot == null)
            {
                return i;
            }

            *SlotRing<T>.Value(slot) = items[i];
            SlotRing<T>.Commit(slot);
        }

        return items.Length;
    }

    private int DequeueSome(Span<T> items)
    {
        for (int i = 0; i < items.Length; i++)
        {
            ulong* slot = _slots.TryTake(out _);
            if (slot == null)
            {
                return i;
            }

            items[i] = *SlotRing<T>.Value(slot);
            SlotRing<T>.Release(slot);
        }

        return items.Length;
    }

    /// <summary>Claims all slots before the first is committed. Claims that others have come before are given up, and are holes.</summary>
    private int EnqueueAll(ReadOnlySpan<T> items)
    {
        if (items.Length > Capacity - _slots.Count)
        {
            return 0;
        }

        nint[]? rented = null;
        Span<nint> claims = items.Length <= FewSlots ? stackalloc nint[FewSlots] : rented = ArrayPool<nint>.Shared.Rent(items.Length);
        int claimed = 0;
        for (; claimed < items.Length; claimed++)
        {
            ulong* slot = _slots.TryClaim();
            if (slot == null)
            {
                break;
            }

            *SlotRing<T>.Value(slot) = items[claimed];
            claims[claimed] = (nint)slot;
        }

        for (int i = 0; i < claimed; i++)
        {
            if (claimed == items.Length)
            {
                SlotRing<T>.Commit((ulong*)claims[i]);
            }
            else
            {
                SlotRing<T>.Release((ulong*)claims[i]);
            }
        }

        if (rented is not null)
        {
            ArrayPool<nint>.Shared.Return(rented);
        }

        if (claimed == items.Length)
        {
            return claimed;
        }

        _control.TellProducers();
        _control.TellConsumers();
        return 0;
    }

    /// <summary>Takes all before the first is released. Those that others have come before are given back.</summary>
    private int DequeueAll(Span<T> items)
    {
        if (items.Length > _slots.Count && _control.Header->Returns == _control.Header->ReturnsSeen)
        {
            return 0;
        }

        nint[]? rented = null;
        Span<nint> taken = items.Length <= FewSlots ? stackalloc nint[FewSlots] : rented = ArrayPool<nint>.Shared.Rent(items.Length);
        int count = 0;
        for (; count < items.Length; count++)
        {
            ulong* slot = _slots.TryTake(out _);
            if (slot == null)
            {
                break;
            }

            items[count] = *SlotRing<T>.Value(slot);
            taken[count] = (nint)slot;
        }

        bool isAll = count == items.Length;
        for (int i = 0; i < count; i++)
        {
            if (isAll)
            {
                SlotRing<T>.Release((ulong*)taken[i]);
            }
            else
            {
                SlotRing<T>.GiveBack((ulong*)taken[i]);
            }
        }

        if (rented is not null)
        {
            ArrayPool<nint>.Shared.Return(rented);
        }

        if (!isAll && count > 0)
        {
            _control.NoteReturns();
        }

        return isAll ? count : 0;
    }
}
