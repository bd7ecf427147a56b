namespace Multiprocessing;

/// <content>Putting.</content>
public sealed unsafe partial class SharedQueue<T>
{
    /// <summary>How long who puts waits for another who does, and may be stopped: its own time-out is looked at in between.</summary>
    private static readonly TimeSpan PutPatience = TimeSpan.FromMilliseconds(20);

    /// <summary>Adds an item, and waits for room if need be.</summary>
    /// <exception cref="ArgumentException">It is longer than <see cref="MaxItemSize"/>.</exception>
    /// <exception cref="InvalidOperationException">The queue is completed.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was added.</exception>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public void Put(T item, CancellationToken cancellation = default) => TryPut(item, Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>Adds an item if there is room now (Python's <c>put_nowait</c>); false if there is none.</summary>
    /// <inheritdoc cref="TryPut(T, TimeSpan, CancellationToken)"/>
    public bool TryPut(T item) => TryPut(item, TimeSpan.Zero);

    /// <summary>Adds an item, and waits for room at most so long; false when there was none.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long; zero only tries, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    /// <inheritdoc cref="Put"/>
    public bool TryPut(T item, TimeSpan timeout, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        ReadOnlySpan<byte> bytes = _format.Write(item);
        if (bytes.Length > MaxItemSize)
        {
            throw new ArgumentException($"An item of {bytes.Length} bytes; the longest that the queue '{Name}' takes has {MaxItemSize}.", nameof(item));
        }

        GateWait wait = _ring.Control.WaitForRoom(timeout, cancellation);
        _ring.Block.HoldMapping();
        try
        {
            do
            {
                if (TryAdd(bytes))
                {
                    return true;
                }
            }
            while (wait.Next());
            return TryAdd(bytes);
        }
        finally
        {
            _ring.Block.ReleaseMapping();
        }
    }

    /// <summary>
    /// Says that nothing more will be put: who puts, and who waits to, gets an exception, and who gets is told when nothing is left. Python's <c>shutdown</c>. A second call does nothing.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public void Complete()
    {
        _ring.Block.ThrowIfDisposed();
        Interlocked.Exchange(ref _words->Completed, 1);
        Gate.Open(&_ring.Control.Header->Items);
        Gate.Open(&_ring.Control.Header->Room);
    }

    private bool TryAdd(ReadOnlySpan<byte> bytes)
    {
        if (IsCompleted)
        {
            throw Completed();
        }

        if (MaxSize == 0)
        {
            return TryAppend(bytes);
        }

        if (!_puts.TryEnter(PutPatience))
        {
            return false;
        }

        try
        {
            if (_words->Credit <= 0 && (!_ring.TryCount(out int waiting, out _) || (_words->Credit = MaxSize - waiting) <= 0))
            {
                return false;
            }

            _words->Credit--;
            if (TryAppend(bytes))
            {
                return true;
            }

            _words->Credit++;
            return false;
        }
        finally
        {
            _puts.Exit();
        }
    }

    private bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (!_ring.TryReserve(bytes.Length, out RingReservation room))
        {
            return false;
        }

        using (room)
        {
            // Claimed, then looked: either who completes sees the claim, and nobody takes the queue for empty, or this sees that it is completed.
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _words->Completed) == 0)
            {
                bytes.CopyTo(room.Bytes);
                room.Commit();
                return true;
            }
        }

        NoteFinished();
        throw Completed();
    }

    private InvalidOperationException Completed() => new($"The queue '{Name}' is completed: nothing is put any more.");
}
