using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>One producer, one consumer: Lamport's ring. Each side keeps to itself how far it may go, as far as it knows.</summary>
/// <remarks>
/// <para>States of the slot of position p: free (p ≥ tail, or p &lt; head), full (head ≤ p &lt; tail). Only the producer writes <c>tail</c>, only the consumer <c>head</c>.</para>
/// <para>Enqueue: 1 look at head, if the last look says full → 2 write the values → 3 <c>tail += n</c> (release). A death before 3 leaves nothing, after it everything: a batch too.</para>
/// <para>Dequeue: 1 look at tail, if the last look says empty (acquire) → 2 copy the values → 3 <c>head += n</c> (release). A death before 3 leaves all where it was: nobody had them yet, as the
/// call has not returned.</para>
/// <para>Peek and advance: 1 as above → 2 <c>claim = head + 1</c> → 3 the caller reads → 4 <c>head += 1</c> (release). A death between 2 and 4 leaves a message that the next consumer finds claimed: it
/// reads it again, or drops it. The order of 2 to 4 is that of the stores, each a release.</para>
/// <para>A limit of 0 lets nothing pass: one comparison tells whether this handle is the producer, or the consumer, and there is something to do for it.</para>
/// </remarks>
internal unsafe struct SpscRing<T>
    where T : unmanaged
{
    /// <summary>What a closed ring looks at: the memory of an open one may be gone.</summary>
    private static readonly RingHeader* Closed = (RingHeader*)NativeMemory.AllocZeroed(RingHeader.ByteSize);

    private readonly long _mask;

    /// <summary>Whether limits may be kept: not where each message needs a fence, which the fast way has not.</summary>
    private readonly bool _keepsLimits;

    /// <summary>The slots follow it: one pointer is one load less.</summary>
    private RingHeader* _header;
    private SpscLimits _limits;

    internal SpscRing(RingControl control)
    {
        _header = control.Header;
        _mask = control.Capacity - 1;
        _keepsLimits = !control.NeedsFence;
    }

    internal readonly long Count
    {
        get
        {
            long head = Volatile.Read(ref _header->Head);
            return Math.Clamp(Volatile.Read(ref _header->Tail) - head, 0, _mask + 1);
        }
    }

    internal static long SlotBytes(long capacity) => capacity * sizeof(T);

    /// <summary>From now on nothing here touches the ring's memory.</summary>
    internal void Close()
    {
        _limits.Write = _limits.Read = 0;
        _header = Closed;
    }

    /// <summary>Adds a value, if it is known that there is room.</summary>
    /// <param name="item">The value.</param>
    /// <param name="isWanted">Whether consumers are to be told.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool TryEnqueue(in T item, out bool isWanted)
    {
        RingHeader* header = _header;
        long tail = header->Tail;
        if (tail >= _limits.Write)
        {
            isWanted = false;
            return false;
        }

        Slots(header)[tail & _mask] = item;
        Volatile.Write(ref header->Tail, tail + 1);
        isWanted = header->Items.IsWanted;
        return true;
    }

    /// <summary>Removes a value, if it is known that there is one.</summary>
    /// <param name="item">The value.</param>
    /// <param name="isWanted">Whether producers are to be told.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly bool TryDequeue(out T item, out bool isWanted)
    {
        RingHeader* header = _header;
        long head = header->Head;
        if (head >= _limits.Read)
        {
            Unsafe.SkipInit(out item);
            isWanted = false;
            return false;
        }

        item = Slots(header)[head & _mask];
        Volatile.Write(ref header->Head, head + 1);
        isWanted = header->Room.IsWanted;
        return true;
    }

    /// <summary>Where the next value goes; null when the ring is full.</summary>
    internal T* Reserve()
    {
        long tail = _header->Tail;
        return Room(tail, 1) > 0 ? Slots(_header) + (tail & _mask) : null;
    }

    internal readonly void Publish() => Volatile.Write(ref _header->Tail, _header->Tail + 1);

    /// <summary>The oldest value; null when there is none.</summary>
    internal T* Front()
    {
        long head = _header->Head;
        return There(head, 1) > 0 ? Slots(_header) + (head & _mask) : null;
    }

    /// <summary>Says that the oldest value is being read.</summary>
    internal readonly void Claim() => Volatile.Write(ref _header->Claim, _header->Head + 1);

    internal readonly void Advance() => Volatile.Write(ref _header->Head, _header->Head + 1);

    /// <summary>Says that what was claimed is not being read any more.</summary>
    internal readonly void GiveBack() => Volatile.Write(ref _header->Claim, _header->Head);

    internal readonly bool Contains(in T value)
    {
        long tail = Volatile.Read(ref _header->Tail);
        for (long i = Volatile.Read(ref _header->Head); i < tail; i++)
        {
            if (EqualityComparer<T>.Default.Equals(Slots(_header)[i & _mask], value))
            {
                return true;
            }
        }

        return false;
    }

    internal int EnqueueMany(ReadOnlySpan<T> items, bool isAll)
    {
        long tail = _header->Tail;
        long room = Room(tail, items.Length);
        if (room < items.Length)
        {
            if (isAll)
            {
                return 0;
            }

            items = items[..(int)room];
        }

        T* slots = Slots(_header);
        int at = (int)(tail & _mask);
        int toEnd = (int)(_mask + 1) - at;
        if (items.Length <= toEnd)
        {
            items.CopyTo(new Span<T>(slots + at, items.Length));
        }
        else
        {
            items[..toEnd].CopyTo(new Span<T>(slots + at, toEnd));
            items[toEnd..].CopyTo(new Span<T>(slots, items.Length - toEnd));
        }

        Volatile.Write(ref _header->Tail, tail + items.Length);
        return items.Length;
    }

    internal int DequeueMany(Span<T> items, bool isAll)
    {
        long head = _header->Head;
        long there = There(head, items.Length);
        if (there < items.Length)
        {
            if (isAll)
            {
                return 0;
            }

            items = items[..(int)there];
        }

        T* slots = Slots(_header);
        int at = (int)(head & _mask);
        int toEnd = (int)(_mask + 1) - at;
        if (items.Length <= toEnd)
        {
            new ReadOnlySpan<T>(slots + at, items.Length).CopyTo(items);
        }
        else
        {
            new ReadOnlySpan<T>(slots + at, toEnd).CopyTo(items);
            new ReadOnlySpan<T>(slots, items.Length - toEnd).CopyTo(items[toEnd..]);
        }

        Volatile.Write(ref _header->Head, head + items.Length);
        return items.Length;
    }

    private static T* Slots(RingHeader* header) => (T*)((byte*)header + RingHeader.ByteSize);

    /// <summary>How many places are free: looks at the other side only when it knows of fewer than are wanted.</summary>
    private long Room(long tail, long wanted)
    {
        long limit = _limits.Write;
        if (limit - tail < wanted)
        {
            limit = Volatile.Read(ref _header->Head) + _mask + 1;
            _limits.Write = _keepsLimits ? limit : 0;
        }

        return limit - tail;
    }

    /// <summary>How many values there are, likewise.</summary>
    private long There(long head, long wanted)
    {
        long limit = _limits.Read;
        if (limit - head < wanted)
        {
            limit = Volatile.Read(ref _header->Tail);
            _limits.Read = _keepsLimits ? limit : 0;
        }

        return limit - head;
    }
}
