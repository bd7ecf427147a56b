using System.Buffers;

namespace Multiprocessing;

/// <summary>
/// The <see cref="Memory{T}"/> over a block: throws once the block is disposed, and a pin keeps the mapping until it is let go.
/// </summary>
internal sealed unsafe class BlockMemoryManager(SharedMemory block, Mapping mapping) : MemoryManager<byte>
{
    public override Span<byte> GetSpan()
    {
        block.ThrowIfDisposed();
        return new Span<byte>((void*)mapping.Address, (int)mapping.Size);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, mapping.Size);
        block.ThrowIfDisposed();
        ObjectDisposedException.ThrowIf(!mapping.TryAddUser(), block);

        // The handle calls Unpin through this object, exactly once.
        return new MemoryHandle((byte*)mapping.Address + elementIndex, default, this);
    }

    public override void Unpin() => mapping.ReleaseUser();

    protected override void Dispose(bool disposing)
    {
        // The block owns the mapping, not this view of it.
    }
}
