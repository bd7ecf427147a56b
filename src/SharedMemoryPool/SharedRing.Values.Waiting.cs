using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>The forms that wait, and the asynchronous ones.</content>
public sealed partial class SharedRing<T>
{
    /// <summary>Adds a value, and waits for room if need be: spins a little, then sleeps.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was added.</exception>
    /// <inheritdoc cref="TryEnqueue(in T)"/>
    public void Enqueue(in T item, CancellationToken cancellation = default) => TryEnqueue(item, Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>Adds a value, and waits for room at most so long; false when there was none.</summary>
    /// <param name="item">The value.</param>
    /// <param name="timeout">How long; zero only tries, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was added.</exception>
    /// <inheritdoc cref="TryEnqueue(in T)"/>
    public bool TryEnqueue(in T item, TimeSpan timeout, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var wait = _control.WaitForRoom(timeout, cancellation);
        do
        {
            if (TryEnqueue(item))
            {
                return true;
            }
        }
        while (wait.Next());
        return TryEnqueue(item);
    }

    /// <summary>Removes the oldest value, and waits for one if need be: spins a little, then sleeps.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was removed.</exception>
    /// <inheritdoc cref="TryDequeue(out T)"/>
    public T Dequeue(CancellationToken cancellation = default)
    {
        TryDequeue(out T item, Timeout.InfiniteTimeSpan, cancellation);
        return item;
    }

    /// <summary>Removes the oldest value, and waits for one at most so long; false when there was none.</summary>
    /// <param name="item">The value.</param>
    /// <param name="timeout">How long; zero only tries, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was removed.</exception>
    /// <inheritdoc cref="TryDequeue(out T)"/>
    public bool TryDequeue(out T item, TimeSpan timeout, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var wait = _control.WaitForItems(timeout, cancellation);
        do
        {
            if (TryDequeue(out item))
            {
                return true;
            }
        }
        while (wait.Next());
        return TryDequeue(out item);
    }

    /// <summary>Adds a value, and waits for room without holding the caller's thread.</summary>
    /// <remarks>There is no way to be told of a change in shared memory but to sleep on it: a call that has to wait takes a thread of its own until it is done.</remarks>
    /// <inheritdoc cref="Enqueue"/>
    public ValueTask EnqueueAsync(T item, CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellation);
        }

        return TryEnqueue(item)
            ? ValueTask.CompletedTask
            : new ValueTask(Task.Factory.StartNew(() => Enqueue(item, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    /// <summary>Removes the oldest value, and waits for one without holding the caller's thread.</summary>
    /// <remarks><inheritdoc cref="EnqueueAsync" path="/remarks"/></remarks>
    /// <inheritdoc cref="Dequeue"/>
    public ValueTask<T> DequeueAsync(CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellation);
        }

        return TryDequeue(out T item)
            ? ValueTask.FromResult(item)
            : new ValueTask<T>(Task.Factory.StartNew(() => Dequeue(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    /// <summary>Removes one value after the other, for ever, or until it is cancelled, which ends the enumeration with an <see cref="OperationCanceledException"/>.</summary>
    /// <inheritdoc cref="DequeueAsync"/>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            yield return await DequeueAsync(cancellation).ConfigureAwait(false);
        }
    }
}
