namespace Multiprocessing;

/// <content>Blocks that go from one process to another.</content>
public sealed unsafe partial class SharedMemoryPool
{
    /// <summary>Lets a block go: it is nobody's from now on, until somebody who has the value takes it.</summary>
    /// <remarks>If this process dies before it has handed the value to anybody, the block stays passed until <see cref="ReclaimPassed"/>.</remarks>
    /// <inheritdoc cref="Return"/>
    public void Pass(PoolBlock block)
    {
        if (!IsOwn(block) || !TryChange(block, Own(block), PassedByMe(block)))
        {
            throw Wrong(block);
        }
    }

    /// <summary>Makes a block that was passed this handle's.</summary>
    /// <exception cref="ArgumentException">It is no block of this pool.</exception>
    /// <exception cref="InvalidOperationException">It was not passed, or somebody else has taken it before, or it was reclaimed.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public void Take(PoolBlock block)
    {
        if (!TryTake(block))
        {
            throw Wrong(block);
        }
    }

    /// <summary>Makes a block that was passed this handle's; false when it was not passed, or somebody else has taken it before, or it was reclaimed.</summary>
    /// <exception cref="ArgumentException">It is no block of this pool.</exception>
    /// <exception cref="ObjectDisposedException">The pool is disposed.</exception>
    public bool TryTake(PoolBlock block)
    {
        ThrowIfDisposed();
        if (block.Pool != _id || (uint)block.Index >= (uint)MaxCount)
        {
            throw Wrong(block);
        }

        ulong word = Volatile.Read(ref _words[block.Index]);
        return ClaimWord.State(word) == BlockWords.Passed && ClaimWord.Round(word) == block.Generation && TryChange(block, word, Own(block));
    }

    /// <summary>Passes a block and adds its value to a ring; false when the ring is full, and then it is still this handle's.</summary>
    /// <inheritdoc cref="Return"/>
    public bool TrySend(SharedRing<PoolBlock> ring, PoolBlock block)
    {
        ArgumentNullException.ThrowIfNull(ring);
        Pass(block);
        if (ring.TryEnqueue(block))
        {
            return true;
        }

        TryChange(block, PassedByMe(block), Own(block));
        return false;
    }

    /// <summary>Passes a block and adds its value to a ring, and waits for room at most so long; false when there was none, and then it is still this handle's.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; the block is still this handle's.</exception>
    /// <inheritdoc cref="Return"/>
    public bool TrySend(SharedRing<PoolBlock> ring, PoolBlock block, TimeSpan timeout, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ring);
        GateWait wait = ring.Control.WaitForRoom(timeout, cancellation);
        do
        {
            if (TrySend(ring, block))
            {
                return true;
            }
        }
        while (wait.Next());
        return TrySend(ring, block);
    }

    /// <summary>Takes the block whose value is the oldest of a ring, and removes the value; false when there is none.</summary>
    /// <remarks>
    /// The block is taken while its value is still in the ring, so at no moment is it neither in the ring nor somebody's. Values that are stale, as their receiver died after it
    /// had taken the block, are removed and skipped.
    /// </remarks>
    /// <exception cref="ArgumentException">The value in the ring is no block of this pool. It stays there.</exception>
    /// <exception cref="ObjectDisposedException">The pool or the ring is disposed.</exception>
    public bool TryReceive(SharedRing<PoolBlock> ring, out PoolBlock block)
    {
        ArgumentNullException.ThrowIfNull(ring);
        while (ring.TryPeek(out RingMessage<PoolBlock> message))
        {
            using (message)
            {
                block = message.Value;
                bool taken = TryTake(block);
                message.Advance();
                if (taken)
                {
                    return true;
                }
            }
        }

        block = default;
        return false;
    }

    /// <summary>Takes the block whose value is the oldest of a ring, and waits for one at most so long.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <inheritdoc cref="TryReceive(SharedRing{PoolBlock}, out PoolBlock)"/>
    public bool TryReceive(SharedRing<PoolBlock> ring, out PoolBlock block, TimeSpan timeout, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ring);
        GateWait wait = ring.Control.WaitForItems(timeout, cancellation);
        do
        {
            if (TryReceive(ring, out block))
            {
                return true;
            }
        }
        while (wait.Next());
        return TryReceive(ring, out block);
    }

    /// <summary>Frees the blocks that were passed by a process that has died, and whose values lie in none of these rings.</summary>
    /// <param name="rings">All rings that the pool's blocks travel through: a block in a ring that is not named here is taken away from it, and its value becomes stale.</param>
    /// <returns>How many.</returns>
    public int ReclaimPassed(params ReadOnlySpan<SharedRing<PoolBlock>> rings)
    {
        ThrowIfDisposed();
        int reclaimed = 0;
        for (uint i = 0; i < (uint)MaxCount; i++)
        {
            ulong word = Volatile.Read(ref _words[i]);
            if (ClaimWord.State(word) == BlockWords.Passed && _participants.IsGone(ClaimWord.Owner(word))
                && !LiesIn(rings, new PoolBlock(_id, i, ClaimWord.Round(word))) && Free(i, word))
            {
                reclaimed++;
            }
        }

        if (reclaimed > 0)
        {
            Gate.Open(&_header->Free);
        }

        return reclaimed;
    }

    private static bool LiesIn(ReadOnlySpan<SharedRing<PoolBlock>> rings, PoolBlock block)
    {
        foreach (SharedRing<PoolBlock> ring in rings)
        {
            if (ring.Contains(block))
            {
                return true;
            }
        }

        return false;
    }

    private ulong PassedByMe(PoolBlock block) => ClaimWord.Of(block.Generation, 0, BlockWords.Passed) | _me;

    private bool TryChange(PoolBlock block, ulong from, ulong to) => Interlocked.CompareExchange(ref _words[block.Index], to, from) == from;
}
