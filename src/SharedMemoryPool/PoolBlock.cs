using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>A block of a <see cref="SharedMemoryPool"/>, rented once: a value of 16 bytes that means the same in all processes, so that it may travel, through a <see cref="SharedRing{T}"/> say.</summary>
/// <remarks>When the block goes back to the pool, the value becomes stale: every use of it is an exception from then on, also when the block is rented again.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public readonly record struct PoolBlock
{
    [FieldOffset(0)]
    private readonly ulong _pool;

    [FieldOffset(8)]
    private readonly uint _index;

    [FieldOffset(12)]
    private readonly uint _generation;

    internal PoolBlock(ulong pool, uint index, uint generation)
    {
        _pool = pool;
        _index = index;
        _generation = generation;
    }

    /// <summary>The number of the block in its pool.</summary>
    public int Index => (int)_index;

    /// <summary>The how-manieth rent of the block it is; wraps.</summary>
    public uint Generation => _generation;

    internal ulong Pool => _pool;
}
