using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>One producer, one consumer: Lamport's ring, with each side's last look at the other's index kept in its own line.</summary>
/// <remarks>
/// <para>States of the slot of position p: free (p ≥ tail, or p &lt; head), full (head ≤ p &lt; tail). Only the producer writes <c>tail</c>, only the consumer <c>head</c>.</para>
/// <para>Enqueue: 1 look at head, if the last look says full → 2 write the values → 3 <c>tail += n</c> (release). A death before 3 leaves nothing, after it everything: a batch too.</para>
/// <para>Dequeue: 1 look at tail, if the last look says empty (acquire) → 2 <c>claim = head + n</c> → 3 read the values → 4 <c>head += n</c> (release). A death between 2 and 4
/// leaves messages that the next consumer finds claimed: it reads them again, or drops them. The order of 2 to 4 is that of the stores, each a release.</para>
/// </remarks>
internal readonly unsafe struct SpscRing<T>(RingControl control)
    where T : unmanaged
{
    private readonly RingHeader* _header = control.Header;
    private readonly T* _slots = (T*)control.Slots;
    private readonly long _mask = control.Capacity - 1;

    internal long Count
    {
        get
        {
            long head = Volatile.Read(ref _header->Head);
            return Math.Clamp(Volatile.Read(ref _header->Tail) - head, 0, _mask + 1);
        }
    }

    internal static long SlotBytes(long capacity) => capacity * sizeof(T);

    /// <summary>Where the next value goes; null when the ring is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal T* Reserve()
    {
        RingHeader* header = _header;
        long tail = header->Tail;
        if (tail - header->SeenHead > _mask)
        {
            header->SeenHead = Volatile.Read(ref header->Head);
            if (tail - header->SeenHead > _mask)
            {
                return null;
            }
        }

        return _slots + (tail & _mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Publish() => Volatile.Write(ref _header->Tail, _header->Tail + 1);

    /// <summary>The oldest value; null when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal T* Peek()
    {
        RingHeader* header = _header;
        long head = header->Head;
        if (head >= header->SeenTail)
        {
            header->SeenTail = Volatile.Read(ref header->Tail);
            if (head >= header->SeenTail)
            {
                return null;
            }
        }

        Volatile.Write(ref header->Claim, head + 1);
        return _slots + (head & _mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Advance() => Volatile.Write(ref _header->Head, _header->Head + 1);

    /// <summary>Says that what was peeked at is not being read any more.</summary>
    internal void GiveBack() => Volatile.Write(ref _header->Claim, _header->Head);

    internal bool Contains(in T value)
    {
        long tail = Volatile.Read(ref _header->Tail);
        for (long i = Volatile.Read(ref _header->Head); i < tail; i++)
        {
            if (EqualityComparer<T>.Default.Equals(_slots[i & _mask], value))
            {
                return true;
            }
        }

        return false;
    }

    internal int EnqueueMany(ReadOnlySpan<T> items, bool isAll)
    {
        long tail = _header->Tail;
        long room = _mask + 1 - (tail - _header->SeenHead);
        if (room < items.Length)
        {
            _header->SeenHead = Volatile.Read(ref _header->Head);
            room = _mask + 1 - (tail - _header->SeenHead);
        }

        if (room < items.Length)
        {
            if (isAll)
            {
                return 0;
            }

            items = items[..(int)room];
        }

        int first = (int)Math.Min(_mask + 1 - (tail & _mask), items.Length);
        items[..first].CopyTo(new Span<T>(_slots + (tail & _mask), first));
        items[first..].CopyTo(new Span<T>(_slots, items.Length - first));
        Volatile.Write(ref _header->Tail, tail + items.Length);
        return items.Length;
    }

    internal int DequeueMany(Span<T> items, bool isAll)
    {
        long head = _header->Head;
        long there = _header->SeenTail - head;
        if (there < items.Length)
        {
            _header->SeenTail = Volatile.Read(ref _header->Tail);
            there = _header->SeenTail - head;
        }

        if (there < items.Length)
        {
            if (isAll || there <= 0)
            {
                return 0;
            }

            items = items[..(int)there];
        }

        Volatile.Write(ref _header->Claim, head + items.Length);
        int first = (int)Math.Min(_mask + 1 - (head & _mask), items.Length);
        new ReadOnlySpan<T>(_slots + (head & _mask), first).CopyTo(items);
        new ReadOnlySpan<T>(_slots, items.Length - first).CopyTo(items[first..]);
        Volatile.Write(ref _header->Head, head + items.Length);
        return items.Length;
    }
}
