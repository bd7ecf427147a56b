using System.Buffers;

namespace Multiprocessing;

/// <summary>The <see cref="Memory{T}"/> over an area: throws once the area is disposed, and a pin keeps the mapping until it is let go.</summary>
/// <remarks>Memory of the caller's has no mapping of ours to keep; there the block of the control words is kept instead, which does no harm.</remarks>
internal sealed unsafe class AreaMemoryManager(SharedArea area, SharedMemory block, byte* data, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan()
    {
        area.ThrowIfDisposed();
        return new Span<byte>(data, length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, length);
        area.ThrowIfDisposed();
        block.HoldMapping();
        return new MemoryHandle(data + elementIndex, default, this);
    }

    public override void Unpin() => block.ReleaseMapping();

    protected override void Dispose(bool disposing)
    {
        // The area owns the bytes, not this view of them.
    }
}
