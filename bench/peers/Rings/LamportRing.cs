using System.Runtime.CompilerServices;

namespace Multiprocessing.Bench;

/// <summary>The least that a ring between two processes can be: Lamport's, with cached indices and no guard, owner, sleeper or header. What ours is measured against.</summary>
internal sealed unsafe class LamportRing<T>(SharedMemory block, int capacity)
    where T : unmanaged
{
    internal const int HeaderBytes = 512;

    private readonly long* _tail = (long*)block.Address;
    private readonly long* _head = (long*)(block.Address + 256);
    private readonly T* _slots = (T*)(block.Address + HeaderBytes);
    private readonly long _mask = capacity - 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryEnqueue(in T item)
    {
        long tail = *_tail;
        if (tail - _tail[1] > _mask)
        {
            _tail[1] = Volatile.Read(ref *_head);
            if (tail - _tail[1] > _mask)
            {
                return false;
            }
        }

        _slots[tail & _mask] = item;
        Volatile.Write(ref *_tail, tail + 1);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryDequeue(out T item)
    {
        long head = *_head;
        if (head >= _head[1])
        {
            _head[1] = Volatile.Read(ref *_tail);
            if (head >= _head[1])
            {
                item = default;
                return false;
            }
        }

        item = _slots[head & _mask];
        Volatile.Write(ref *_head, head + 1);
        return true;
    }
}
