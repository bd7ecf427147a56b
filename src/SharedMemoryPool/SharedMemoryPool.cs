using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// A pool of blocks of one size in shared memory, that any number of processes rent from and return to: what pyshm's <c>Mempool</c> is, with names, waiting, owners that are
/// known, and errors where that hands the same block out twice.
/// </summary>
/// <remarks>
/// <para>A rented block is a <see cref="PoolBlock"/>, a small value, with <see cref="this[PoolBlock]"/> for its bytes, or, as a <see cref="System.Buffers.MemoryPool{T}"/> has it, an
/// <see cref="System.Buffers.IMemoryOwner{T}"/> that puts it back when it is disposed. The values allocate nothing.</para>
/// <para>It belongs to the handle (what <see cref="Create"/> or <see cref="Attach"/> returned) that rented it. <see cref="Pass"/> lets it go to whoever gets its value and calls
/// <see cref="Take"/>, in whatever process; <see cref="TrySend(SharedRing{PoolBlock}, PoolBlock)"/> and <see cref="TryReceive(SharedRing{PoolBlock}, out PoolBlock)"/> do both through a ring.</para>
/// <para>What a death leaves:</para>
/// <code>
///  a block of the dead                                    comes to
///  rented                                                 the pool, within 100 ms if somebody waits, else at the next Recover
///  passed: its value is in a ring, or about to be         whoever takes it
///  passed, and died before the value was in the ring      ReclaimPassed, which is told all rings
///  received by a consumer that died                       the pool; the ring's message, if it comes again, is stale, and is skipped by TryReceive
/// </code>
/// </remarks>
public sealed unsafe partial class SharedMemoryPool : System.Buffers.MemoryPool<byte>
{
    private const string Kind = "pool";
    private const int Alignment = 64;
    private const int RefusalsBetweenChecks = 64;

    private readonly PoolHeader* _header;
    private readonly ulong* _words;
    private readonly byte* _blocks;
    private readonly FreeHints _hints;
    private readonly ulong _id;
    private readonly long _stride;
    private readonly Participants _participants;
    private readonly Action _check;

    /// <summary>This handle in the place of the owner of a word.</summary>
    private readonly ulong _me;
    private bool _isOpen = true;

    /// <summary>The block that was returned last, which is the best to rent next: it is in the cache of this processor.</summary>
    private uint _last;
    private int _refusals;

    private SharedMemoryPool(SharedMemory block)
    {
        Block = block;
        _header = (PoolHeader*)block.Start;
        MaxCount = _header->BlockCount;
        BlockSize = _header->BlockSize;
        _id = _header->Id;
        _stride = _header->Stride;
        _words = (ulong*)(block.Start + PoolHeader.ByteSize);
        _hints = new FreeHints((ulong*)(block.Start + HintsOffset(MaxCount)), MaxCount);
        _blocks = block.Start + BlocksOffset(MaxCount);
        _participants = new Participants(block.Start + PoolHeader.ParticipantsOffset, Sweep);
        _me = ClaimWord.Of(0, _participants.Owner, 0);
        _check = CheckForDead;

        // Handles begin in different lines.
        _last = (uint)((_participants.Owner & 255) * Alignment % (uint)MaxCount);
    }

    /// <summary>The name by which another process attaches.</summary>
    public string Name => Block.Name;

    /// <summary>The block of shared memory that the pool is in.</summary>
    public SharedMemory Block { get; }

    /// <summary>The size of a block in bytes.</summary>
    public int BlockSize { get; }

    /// <summary>How many blocks there are.</summary>
    public int MaxCount { get; }

    /// <summary>How many of them are rented or on their way at this moment. Looks at each: 8 bytes a block.</summary>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public int UsedCount
    {
        get
        {
            ThrowIfDisposed();
            int used = 0;
            for (int i = 0; i < MaxCount; i++)
            {
                used += ClaimWord.State(Volatile.Read(ref _words[i])) == BlockWords.Free ? 0 : 1;
            }

            return used;
        }
    }

    /// <summary>How many of them are free. See <see cref="UsedCount"/>.</summary>
    /// <inheritdoc cref="UsedCount"/>
    public int FreeCount => MaxCount - UsedCount;

    /// <summary>The same as <see cref="BlockSize"/>.</summary>
    public override int MaxBufferSize => BlockSize;

    /// <summary>The bytes of a block that this handle has rented or taken.</summary>
    /// <exception cref="ArgumentException">It is no block of this pool.</exception>
    /// <exception cref="InvalidOperationException">It was returned, or belongs to another handle.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public Span<byte> this[PoolBlock block]
    {
        get
        {
            if (!IsOwn(block))
            {
                throw Wrong(block);
            }

            return new Span<byte>(_blocks + (block.Index * _stride), BlockSize);
        }
    }

    /// <summary>Makes a new pool in a block of shared memory of its own.</summary>
    /// <param name="blockCount">How many blocks.</param>
    /// <param name="blockSize">Their size in bytes. Each begins at a multiple of 64.</param>
    /// <param name="name">The name; null for a random one.</param>
    /// <param name="options">How the shared memory is created.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count or the size is not positive, or the count is more than 2^30.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    /// <exception cref="SharedMemoryFullException">There is no room for it.</exception>
    /// <remarks>A creation that fails leaves no block.</remarks>
    public static SharedMemoryPool Create(int blockCount, int blockSize, string? name = null, SharedMemoryOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blockCount, 1 << 30);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockSize);
        long stride = Stride(blockSize);
        SharedMemory block = SharedMemory.Create(BlocksOffset(blockCount) + (blockCount * stride), name, options);
        try
        {
            var header = (PoolHeader*)block.Start;
            header->Id = (ulong)Random.Shared.NextInt64() | 1;
            header->BlockCount = blockCount;
            header->BlockSize = blockSize;
            header->Stride = stride;
            var pool = new SharedMemoryPool(block);
            for (uint i = 0; i < (uint)blockCount; i++)
            {
                pool._hints.Set(i);
            }

            StructureHeader.Publish(block.Start, Kind, PoolHeader.Version, block.Size);
            return pool;
        }
        catch
        {
            block.Dispose();
            SharedMemory.TryUnlink(block.Name);
            throw;
        }
    }

    /// <summary>Attaches to a pool that exists.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="FileNotFoundException">There is none of that name.</exception>
    /// <exception cref="InvalidDataException">It is no pool: the message says what was found.</exception>
    /// <exception cref="InvalidOperationException">255 handles are open to it already.</exception>
    public static SharedMemoryPool Attach(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        SharedMemory block = SharedMemory.Attach(name);
        try
        {
            long size = StructureHeader.Check(block.Start, block.Size, Kind, PoolHeader.Version, name);
            var header = (PoolHeader*)block.Start;
            if (size < PoolHeader.ByteSize || header->BlockCount is <= 0 or > 1 << 30 || header->BlockSize <= 0
                || header->Stride != Stride(header->BlockSize) || BlocksOffset(header->BlockCount) + (header->BlockCount * header->Stride) > size)
            {
                throw new InvalidDataException($"'{name}' is a pool whose header makes no sense, in {size} bytes.");
            }

            return new SharedMemoryPool(block);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    /// <summary>Looks for processes that died and returns their blocks. Waiting does that by itself.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Recover()
    {
        ThrowIfDisposed();
        return _participants.Recover();
    }

    /// <inheritdoc cref="SharedMemory.Unlink"/>
    public void Unlink() => Block.Unlink();

    /// <inheritdoc/>
    public override string ToString() => $"SharedMemoryPool('{Name}', {MaxCount} blocks of {BlockSize})";

    /// <summary>Returns what this handle has rented and closes this process's mapping. The pool stays until somebody unlinks it.</summary>
    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _isOpen, false))
        {
            if (!Block.IsDisposed)
            {
                _participants.Leave();
            }

            Block.Dispose();
        }
    }

    /// <summary>Where a block begins in this process, for tests.</summary>
    internal long AddressOf(PoolBlock block) => (long)BytesOf(block);

    /// <summary>Whether this handle has rented or taken it.</summary>
    internal bool IsMine(PoolBlock block) => IsOwn(block);

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(!_isOpen || Block.IsDisposed, this);

    private static long Stride(int blockSize) => ((long)blockSize + Alignment - 1) & -Alignment;

    private static long HintsOffset(int count) => (PoolHeader.ByteSize + (count * (long)sizeof(ulong)) + Alignment - 1) & -Alignment;

    private static long BlocksOffset(int count) => HintsOffset(count) + FreeHints.ByteSize(count);

    /// <summary>Whether this handle may use the block, in one comparison: of this pool, of this generation, owned, by this handle.</summary>
    private bool IsOwn(PoolBlock block) =>
        _isOpen && block.Pool == _id && (uint)block.Index < (uint)MaxCount && Volatile.Read(ref _words[block.Index]) == Own(block);

    private ulong Own(PoolBlock block) => ClaimWord.Of(block.Generation, 0, BlockWords.Owned) | _me;

    /// <summary>Why a block may not be used.</summary>
    [DoesNotReturn]
    private Exception Wrong(PoolBlock block)
    {
        ThrowIfDisposed();
        if (block.Pool != _id || (uint)block.Index >= (uint)MaxCount)
        {
            throw new ArgumentException($"This is no block of the pool '{Name}'.", nameof(block));
        }

        ulong word = Volatile.Read(ref _words[block.Index]);
        string what = (ClaimWord.Round(word) == block.Generation, ClaimWord.State(word)) switch
        {
            (false, _) => "is stale: it was returned, and the block has been rented again since",
            (_, BlockWords.Free) => "was returned already, or its owner died",
            (_, BlockWords.Passed) => "was passed on, and is nobody's until it is taken",
            (_, _) => "belongs to another handle",
        };
        throw new InvalidOperationException($"Block {block.Index} of the pool '{Name}', rent {block.Generation}, {what}.");
    }

    private void CheckForDead()
    {
        if (DeadCheck.IsDue(ref _header->LastCheck))
        {
            _participants.Recover();
            RepairHints();
        }
    }

    /// <summary>Sets the hints of blocks that are free and were left without one by a death between two steps.</summary>
    private void RepairHints()
    {
        for (uint i = 0; i < (uint)MaxCount; i++)
        {
            if (ClaimWord.State(Volatile.Read(ref _words[i])) == BlockWords.Free)
            {
                _hints.Set(i);
            }
        }
    }

    /// <summary>Frees what an owner, who is dead or leaves, has rented. What it passed on belongs to whoever takes it.</summary>
    private bool Sweep(uint owner)
    {
        for (uint i = 0; i < (uint)MaxCount; i++)
        {
            ulong word = Volatile.Read(ref _words[i]);
            if (ClaimWord.Owner(word) == owner && ClaimWord.State(word) == BlockWords.Owned)
            {
                Free(i, word);
            }
        }

        Gate.Open(&_header->Free);
        return true;
    }

    /// <summary>The one step by which a block comes back; false when the word is another by now.</summary>
    private bool Free(uint index, ulong word)
    {
        if (Interlocked.CompareExchange(ref _words[index], ClaimWord.Of(ClaimWord.Round(word), 0, BlockWords.Free), word) != word)
        {
            return false;
        }

        _hints.Set(index);
        return true;
    }
}
