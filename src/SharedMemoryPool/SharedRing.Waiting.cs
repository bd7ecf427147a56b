using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>The forms that wait, and the asynchronous ones.</content>
public sealed partial class SharedRing
{
    /// <summary>Adds a message, and waits for room if need be: spins a little, then sleeps.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was added.</exception>
    /// <inheritdoc cref="TryEnqueue(ReadOnlySpan{byte})"/>
    public void Enqueue(ReadOnlySpan<byte> message, CancellationToken cancellation = default) =>
        TryEnqueue(message, Timeout.InfiniteTimeSpan, cancellation);

    /// <summary>Adds a message, and waits for room at most so long; false when there was none.</summary>
    /// <param name="message">The message.</param>
    /// <param name="timeout">How long; zero only tries, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was added.</exception>
    /// <inheritdoc cref="TryEnqueue(ReadOnlySpan{byte})"/>
    public bool TryEnqueue(ReadOnlySpan<byte> message, TimeSpan timeout, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        GateWait wait = _control.WaitForRoom(timeout, cancellation);
        do
        {
            if (TryEnqueue(message))
            {
                return true;
            }
        }
        while (wait.Next());
        return TryEnqueue(message);
    }

    /// <summary>Removes the oldest message, and waits for one if need be: spins a little, then sleeps.</summary>
    /// <returns>An array of its own. <see cref="TryDequeue(Span{byte}, out int, TimeSpan, CancellationToken)"/> allocates nothing.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was removed.</exception>
    /// <exception cref="InvalidOperationException">Another handle is the ring's one consumer.</exception>
    /// <exception cref="ObjectDisposedException">The ring is disposed.</exception>
    public byte[] Dequeue(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        GateWait wait = _control.WaitForItems(Timeout.InfiniteTimeSpan, cancellation);
        byte[]? message;
        while ((message = TryDequeueArray()) is null)
        {
            Next(ref wait);
        }

        return message;
    }

    /// <summary>Copies the oldest message out and removes it, and waits for one at most so long; false when there was none.</summary>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="length">Its length.</param>
    /// <param name="timeout">How long; zero only tries, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative and not infinite.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; nothing was removed.</exception>
    /// <inheritdoc cref="TryDequeue(Span{byte}, out int)"/>
    public bool TryDequeue(Span<byte> buffer, out int length, TimeSpan timeout, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        GateWait wait = _control.WaitForItems(timeout, cancellation);
        do
        {
            if (TryDequeue(buffer, out length))
            {
                return true;
            }
        }
        while (Next(ref wait));
        return TryDequeue(buffer, out length);
    }

    /// <summary>Adds a message, and waits for room without holding the caller's thread.</summary>
    /// <remarks>There is no way to be told of a change in shared memory but to sleep on it: a call that has to wait takes a thread of its own until it is done.</remarks>
    /// <inheritdoc cref="Enqueue"/>
    public ValueTask EnqueueAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellation);
        }

        return TryEnqueue(message.Span)
            ? ValueTask.CompletedTask
            : new ValueTask(
                Task.Factory.StartNew(() => Enqueue(message.Span, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    /// <summary>Removes the oldest message, and waits for one without holding the caller's thread.</summary>
    /// <remarks><inheritdoc cref="EnqueueAsync" path="/remarks"/></remarks>
    /// <inheritdoc cref="Dequeue"/>
    public ValueTask<byte[]> DequeueAsync(CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<byte[]>(cancellation);
        }

        return TryDequeueArray() is byte[] message
            ? ValueTask.FromResult(message)
            : new ValueTask<byte[]>(Task.Factory.StartNew(() => Dequeue(cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    /// <summary>Removes one message after the other, for ever, or until it is cancelled, which ends the enumeration with an <see cref="OperationCanceledException"/>.</summary>
    /// <inheritdoc cref="DequeueAsync"/>
    public async IAsyncEnumerable<byte[]> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            yield return await DequeueAsync(cancellation).ConfigureAwait(false);
        }
    }

    private byte[]? TryDequeueArray()
    {
        if (!TryPeek(out RingMessage message))
        {
            return null;
        }

        using (message)
        {
            byte[] bytes = message.Bytes.ToArray();
            message.Advance();
            return bytes;
        }
    }

    /// <summary>A consumer's step: where it is the only one, it is for it to settle what a dead producer left at the head.</summary>
    private bool Next(ref GateWait wait)
    {
        bool goesOn = wait.Next();
        if (Mode == RingMode.Mpsc && wait.HasSlept)
        {
            Resolve();
        }

        return goesOn;
    }
}
