using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <content>Getting, and what was got being done.</content>
public sealed unsafe partial class SharedQueue<T>
{
    /// <summary>How long who waits for the end lets things happen after each wake-up: it looks at all, and must not do so for each.</summary>
    private const int JoinPause = 1;

    /// <summary>Removes the oldest item, and waits for one if need be.</summary>
    /// <exception cref="InvalidOperationException">The queue is completed, and nothing is left in it.</exception>
    /// <inheritdoc cref="TryGet(out T, TimeSpan, CancellationToken)"/>
    public T Get(CancellationToken cancellation = default) =>
        TryGet(out T? item, Timeout.InfiniteTimeSpan, cancellation)
            ? item
            : throw new InvalidOperationException($"The queue '{Name}' is completed, and nothing is left in it.");

    /// <summary>Removes the oldest item if there is one now (Python's <c>get_nowait</c>); false if there is none.</summary>
    /// <inheritdoc cref="TryGet(out T, TimeSpan, CancellationToken)"/>
    public bool TryGet([MaybeNullWhen(false)] out T item) => TryGet(out item, TimeSpan.Zero);

    /// <summary>
    /// Removes the oldest item, and waits for one at most so long; false when there was none, or when the queue is completed and nothing is left. In a joinable queue something is left for as long as
    /// another handle has not finished what it got, as that may come again.
    /// </summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">How long; zero only tries, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was removed.</exception>
    /// <exception cref="System.Text.Json.JsonException">What was put is no <typeparamref name="T"/>. It is gone.</exception>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public bool TryGet([MaybeNullWhen(false)] out T item, TimeSpan timeout, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        GateWait wait = _ring.Control.WaitForItems(timeout, cancellation);
        _ring.Block.HoldMapping();
        try
        {
            do
            {
                if (TryTake(out item))
                {
                    return true;
                }

                if (IsOver())
                {
                    return false;
                }
            }
            while (wait.Next());
            return TryTake(out item);
        }
        finally
        {
            _ring.Block.ReleaseMapping();
        }
    }

    /// <summary>
    /// Says that an item that this handle got is done: the one that the calling thread got first of those that it has, or, if it has none, the first of the handle's. Python's <c>task_done</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">This handle has nothing that is not done; or the queue is not joinable.</exception>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public void TaskDone()
    {
        RequireJoinable();
        Held task;
        lock (_tasks)
        {
            if (_tasks.Count == 0)
            {
                throw new InvalidOperationException($"Nothing that was got from the queue '{Name}' here is left to be done.");
            }

            int own = FirstOfThisThread();
            task = _tasks[own];
            _tasks.RemoveAt(own);
        }

        _ring.Finish(task.Record);
        NoteFinished();
    }

    /// <summary>Waits until every item that was put is done. Python's <c>join</c>.</summary>
    /// <exception cref="InvalidOperationException">The queue is not joinable.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public void Join(CancellationToken cancellation = default) => Join(Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>Waits until every item that was put is done, at most so long; false when there was one left.</summary>
    /// <param name="timeout">How long; zero only looks, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    /// <inheritdoc cref="Join(CancellationToken)"/>
    public bool Join(TimeSpan timeout, CancellationToken cancellation = default)
    {
        RequireJoinable();
        cancellation.ThrowIfCancellationRequested();
        var wait = new GateWait(&_words->Finished, _check, polls: false, timeout, cancellation);
        _ring.Block.HoldMapping();
        try
        {
            do
            {
                if (_ring.IsAllFinished(except: 0))
                {
                    return true;
                }

                if (wait.HasSlept)
                {
                    Thread.Sleep(JoinPause);
                }
            }
            while (wait.Next());
            return _ring.IsAllFinished(except: 0);
        }
        finally
        {
            _ring.Block.ReleaseMapping();
        }
    }

    private bool TryTake([MaybeNullWhen(false)] out T item)
    {
        item = default;
        if (!_ring.TryTake(out TakenRecord record))
        {
            return false;
        }

        bool keeps = false;
        try
        {
            item = _format.Read(record.Bytes);
            keeps = IsJoinable;
        }
        finally
        {
            if (!keeps)
            {
                _ring.Finish(record);
                NoteFinished();
            }
        }

        if (keeps)
        {
            lock (_tasks)
            {
                _tasks.Add(new Held(record, Environment.CurrentManagedThreadId));
            }

            // The next one may be put, though there is no more room than before.
            _ring.Control.TellProducers();
        }

        return true;
    }

    /// <summary>The place of what this thread got first and has not done; if it has nothing, that of the handle.</summary>
    private int FirstOfThisThread()
    {
        int thread = Environment.CurrentManagedThreadId;
        for (int i = 0; i < _tasks.Count; i++)
        {
            if (_tasks[i].Thread == thread)
            {
                return i;
            }
        }

        return 0;
    }

    /// <summary>Whether nothing can come any more.</summary>
    private bool IsOver() => Volatile.Read(ref _words->Completed) != 0 && _ring.IsAllFinished(_ring.Control.Owner);

    /// <summary>Wakes who waits for the last item to be done.</summary>
    private void NoteFinished()
    {
        Interlocked.MemoryBarrier();
        if (_words->Finished.IsWanted)
        {
            Gate.Open(&_words->Finished);
        }

        if (Volatile.Read(ref _words->Completed) != 0)
        {
            _ring.Control.TellConsumers();
        }
    }

    private void RequireJoinable()
    {
        _ring.Block.ThrowIfDisposed();
        if (!IsJoinable)
        {
            throw new InvalidOperationException($"The queue '{Name}' is not joinable: what is got from it is done.");
        }
    }

    /// <param name="Record">What was got.</param>
    /// <param name="Thread">The thread that got it.</param>
    private readonly record struct Held(TakenRecord Record, int Thread);
}
