namespace Multiprocessing;

/// <summary>Where a structure lies: in a block of its own, which it disposes and unlinks, or at an offset of a block of the user's, which it leaves alone.</summary>
internal sealed unsafe class Placement
{
    /// <summary>A cache line: what is locked by different threads must not share one, and no word may straddle two.</summary>
    internal const int Alignment = 64;

    private const int User = 2;
    private const int Disposed = 1;

    private readonly bool _ownsBlock;

    // Twice the number of those who use the memory, this object among them, and whether it is disposed: one interlocked addition each way.
    private int _users = User;
    private bool _released;

    private Placement(SharedMemory block, long offset, bool ownsBlock)
    {
        Block = block;
        Offset = offset;
        _ownsBlock = ownsBlock;

        // Every structure is written to, if only by who waits: a read-only block is refused here.
        block.GetReference<byte>(offset);
        block.HoldMapping();
        Start = block.Start + offset;
    }

    /// <summary>Fills in a structure whose bytes are all zero.</summary>
    internal delegate void Builder(byte* start);

    internal SharedMemory Block { get; }

    internal long Offset { get; }

    /// <summary>To be used between <see cref="Hold"/> and <see cref="Release"/> only.</summary>
    internal byte* Start { get; }

    /// <summary>Makes the structure in a new block.</summary>
    internal static Placement Create(string? name, SharedMemoryOptions? options, StructureKind kind, long size, Builder build)
    {
        var placement = new Placement(SharedMemory.Create(size, name, options), 0, ownsBlock: true);
        try
        {
            build(placement.Start);
            kind.Publish(placement.Start, size);
            return placement;
        }
        catch
        {
            SharedMemory.TryUnlink(placement.Block.Name);
            placement.Dispose();
            throw;
        }
    }

    /// <summary>Makes the structure within a block.</summary>
    internal static Placement Create(SharedMemory block, long offset, StructureKind kind, long size, Builder build)
    {
        CheckPlace(block, offset);
        if (size > block.Size - offset)
        {
            throw new ArgumentOutOfRangeException(
                nameof(offset), $"A {kind.Name} of {size} bytes at offset {offset} does not lie within the block '{block.Name}' of {block.Size} bytes.");
        }

        var placement = new Placement(block, offset, ownsBlock: false);
        if (StructureHeader.KindOf(new ReadOnlySpan<byte>(placement.Start, StructureHeader.ByteSize)) is string there)
        {
            throw new InvalidOperationException($"There is a {there} at offset {offset} of the block '{block.Name}' already: attach to it, or clear it first.");
        }

        new Span<byte>(placement.Start, checked((int)size)).Clear();
        build(placement.Start);
        kind.Publish(placement.Start, size);
        return placement;
    }

    /// <summary>Attaches to the structure in the block of that name.</summary>
    internal static Placement Attach(string name, StructureKind kind, long leastSize) =>
        Attach(SharedMemory.Attach(name), 0, ownsBlock: true, kind, leastSize);

    /// <summary>Attaches to the structure within a block.</summary>
    internal static Placement Attach(SharedMemory block, long offset, StructureKind kind, long leastSize)
    {
        CheckPlace(block, offset);
        return Attach(block, offset, ownsBlock: false, kind, leastSize);
    }

    /// <summary>Makes the object of it that its user gets; closed again if that finds that the structure makes no sense.</summary>
    internal T Into<T>(Func<Placement, T> make)
    {
        try
        {
            return make(this);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Keeps the memory mapped until <see cref="Release"/>, whatever is disposed meanwhile: while a thread waits, or holds a lock.</summary>
    internal void Hold()
    {
        if ((Interlocked.Add(ref _users, User) & Disposed) != 0 || Block.IsDisposed)
        {
            Release();
            throw new ObjectDisposedException(Block.Name);
        }
    }

    internal void Release()
    {
        if (Interlocked.Add(ref _users, -User) == Disposed && !Interlocked.Exchange(ref _released, true))
        {
            Block.ReleaseMapping();
        }
    }

    internal void Unlink()
    {
        if (!_ownsBlock)
        {
            throw new InvalidOperationException($"It lies at offset {Offset} of the block '{Block.Name}' and has no name of its own: unlink the block.");
        }

        Block.Unlink();
    }

    internal void Dispose()
    {
        if ((Interlocked.Or(ref _users, Disposed) & Disposed) != 0)
        {
            return;
        }

        if (_ownsBlock)
        {
            Block.Dispose();
        }

        Release();
    }

    private static Placement Attach(SharedMemory block, long offset, bool ownsBlock, StructureKind kind, long leastSize)
    {
        var placement = new Placement(block, offset, ownsBlock);
        try
        {
            long size = kind.Check(placement.Start, block.Size - offset, block.Name);
            return size >= leastSize
                ? placement
                : throw new InvalidDataException($"'{block.Name}' is a {kind.Name} that says it has {size} bytes; one has at least {leastSize}.");
        }
        catch
        {
            placement.Dispose();
            throw;
        }
    }

    private static void CheckPlace(SharedMemory block, long offset)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset % Alignment != 0)
        {
            throw new ArgumentException($"Offset {offset} is not a multiple of {Alignment}.", nameof(offset));
        }
    }
}
