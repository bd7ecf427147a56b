using System.Buffers;

namespace Multiprocessing;

/// <summary>A rented block as memory. Its span is an exception when the block is back in the pool, whoever put it there.</summary>
internal sealed unsafe class PoolMemory(SharedMemoryPool pool, PoolBlock block) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => pool[Current];

    /// <summary>The bytes stay where they are as long as the pool is open.</summary>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)pool.BlockSize, nameof(elementIndex));
        return new MemoryHandle(pool.BytesOf(Current) + elementIndex);
    }

    public override void Unpin()
    {
    }

    public override Memory<byte> Memory
    {
        get
        {
            _ = Current;
            return CreateMemory(pool.BlockSize);
        }
    }

    private bool _disposed;

    private PoolBlock Current => !Volatile.Read(ref _disposed) ? block : throw new ObjectDisposedException(nameof(IMemoryOwner<byte>), "The block was returned to its pool.");

    protected override void Dispose(bool disposing)
    {
        // Twice is once; and after the pool everything is back already.
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            pool.TryReturn(block);
        }
    }
}
