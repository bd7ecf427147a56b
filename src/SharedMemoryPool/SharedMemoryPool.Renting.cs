using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>Renting and returning.</content>
public sealed unsafe partial class SharedMemoryPool
{
    /// <summary>Rents a block as a value; false when none is free. Its bytes are what they were.</summary>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public bool TryRent(out PoolBlock block)
    {
        // One compare-and-swap: from a free word to one that names generation and owner.
        uint index = _last;
        if (_isOpen)
        {
            ulong word = Volatile.Read(ref _words[index]);
            if (ClaimWord.State(word) == BlockWords.Free && TryOwn(index, word, out block))
            {
                return true;
            }
        }

        return TryFind(index, out block);
    }

    /// <summary>Rents a block as a value, and waits for one at most so long; false when none came free.</summary>
    /// <param name="block">The block.</param>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public bool TryRent(out PoolBlock block, TimeSpan timeout, CancellationToken cancellation = default)
    {
        ThrowIfDisposed();
        cancellation.ThrowIfCancellationRequested();
        var wait = new GateWait(&_header->Free, _check, polls: false, timeout, cancellation);
        do
        {
            if (TryRent(out block))
            {
                return true;
            }
        }
        while (wait.Next());
        return TryRent(out block);
    }

    /// <summary>Rents a block as memory whose disposal puts it back; false when none is free.</summary>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public bool TryRent([NotNullWhen(true)] out IMemoryOwner<byte>? owner)
    {
        owner = TryRent(out PoolBlock block) ? new PoolMemory(this, block) : null;
        return owner is not null;
    }

    /// <summary>Rents a block as memory whose disposal puts it back, and waits for one if none is free.</summary>
    /// <param name="minBufferSize">At most <see cref="BlockSize"/>; -1 for that.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is more.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(minBufferSize, -1);
        return Rent(CancellationToken.None);
    }

    /// <summary>Rents a block as memory whose disposal puts it back, and waits for one without holding the caller's thread.</summary>
    /// <remarks>A call that has to wait takes a thread of its own until it is done.</remarks>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public ValueTask<IMemoryOwner<byte>> RentAsync(CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<IMemoryOwner<byte>>(cancellation);
        }

        return TryRent(out IMemoryOwner<byte>? owner)
            ? ValueTask.FromResult(owner)
            : new ValueTask<IMemoryOwner<byte>>(
                Task.Factory.StartNew<IMemoryOwner<byte>>(() => Rent(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    /// <summary>Puts a block back that this handle has rented or taken.</summary>
    /// <exception cref="ArgumentException">It is no block of this pool.</exception>
    /// <exception cref="InvalidOperationException">It was returned before, or belongs to another handle.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public void Return(PoolBlock block)
    {
        if (!TryReturn(block))
        {
            throw Wrong(block);
        }
    }

    /// <summary>The memory of a block that this handle has rented or taken as a value; its disposal puts the block back.</summary>
    /// <inheritdoc cref="Return"/>
    public IMemoryOwner<byte> Own(in PoolBlock block) => IsOwn(block) ? new PoolMemory(this, block) : throw Wrong(block);

    /// <summary>Puts a block back, if it is this handle's.</summary>
    internal bool TryReturn(PoolBlock block)
    {
        if (!_isOpen || block.Pool != _id || (uint)block.Index >= (uint)MaxCount)
        {
            return false;
        }

        uint index = (uint)block.Index;
        if (Interlocked.CompareExchange(ref _words[index], ClaimWord.Of(block.Generation, 0, BlockWords.Free), Own(block)) != Own(block))
        {
            return false;
        }

        // The swap was a full fence: a sleeper that is not seen here sees the block.
        _hints.Set(index);
        _last = index;
        if (_header->Free.IsWanted)
        {
            Gate.Open(&_header->Free);
        }

        return true;
    }

    internal byte* BytesOf(PoolBlock block) => IsOwn(block) ? _blocks + (block.Index * _stride) : throw Wrong(block);

    private PoolMemory Rent(CancellationToken cancellation)
    {
        TryRent(out PoolBlock block, Timeout.InfiniteTimeSpan, cancellation);
        return new PoolMemory(this, block);
    }

    private bool TryOwn(uint index, ulong word, out PoolBlock block)
    {
        uint generation = ClaimWord.Round(word) + 1;
        block = new PoolBlock(_id, index, generation);
        return Interlocked.CompareExchange(ref _words[index], Own(block), word) == word;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryFind(uint start, out PoolBlock block)
    {
        ThrowIfDisposed();
        for (int attempt = 0; ; attempt++)
        {
            long found = _hints.Find(start);
            if (found < 0)
            {
                block = default;
                if (attempt == 0 && ++_refusals % RefusalsBetweenChecks == 0)
                {
                    CheckForDead();
                    continue;
                }

                return false;
            }

            uint index = (uint)found;
            if (index >= (uint)MaxCount)
            {
                throw new InvalidDataException($"The pool '{Name}' is damaged: it takes a block {index} for free, and has {MaxCount}.");
            }

            ulong word = Volatile.Read(ref _words[index]);
            bool owned = ClaimWord.State(word) == BlockWords.Free;
            if (!owned || TryOwn(index, word, out block))
            {
                _hints.Clear(index);
                if (owned)
                {
                    block = new PoolBlock(_id, index, ClaimWord.Round(word) + 1);
                    return true;
                }

                // It may have come back before the hint was cleared (see FreeHints).
                if (ClaimWord.State(Volatile.Read(ref _words[index])) == BlockWords.Free)
                {
                    _hints.Set(index);
                }
            }
        }
    }
}
