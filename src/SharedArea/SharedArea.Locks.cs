namespace Multiprocessing;

/// <content>The lock of the user: uWSGI's rlock, wlock and unlock.</content>
/// <remarks>
/// It may be entered again by the thread that holds it, and one's own reads and writes go through. Who holds it and dies hands it on. To enter costs some
/// hundred nanoseconds; from the first time that somebody has entered it, every update of the area costs a fence (some nanoseconds) more.
/// </remarks>
public sealed unsafe partial class SharedArea
{
    /// <summary>Whether a writer had died within the lock when it was last entered to write through this object.</summary>
    public bool Abandoned => _control.Abandoned;

    /// <summary>Enters to read: nobody writes until it is left. Waits for as long as it takes.</summary>
    /// <returns>A scope whose disposal leaves, on the same thread.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled while it waited; it is not held.</exception>
    /// <exception cref="LockRecursionException">The calling thread holds it through another object.</exception>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public ReadScope EnterReadLock(CancellationToken cancellation = default)
    {
        _control.TryEnterRead(Deadline.Never, cancellation);
        return new ReadScope(this);
    }

    /// <summary>Enters to read if that can be done at once; leave with <see cref="ExitReadLock"/>.</summary>
    /// <inheritdoc cref="TryEnterReadLock(TimeSpan, CancellationToken)"/>
    public bool TryEnterReadLock() => _control.TryEnterRead(Deadline.Now, default);

    /// <summary>Enters to read within a time; leave with <see cref="ExitReadLock"/>.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait, within 20 ms.</param>
    /// <returns>False if the time ran out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <inheritdoc cref="EnterReadLock"/>
    public bool TryEnterReadLock(TimeSpan timeout, CancellationToken cancellation = default) =>
        _control.TryEnterRead(Deadline.After(timeout), cancellation);

    /// <summary>Leaves, having read.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread has not entered to read through this object; nothing is changed.</exception>
    public void ExitReadLock() => _control.ExitRead();

    /// <summary>Enters to write: nobody else reads or writes until it is left. Waits for as long as it takes.</summary>
    /// <returns>A scope whose disposal leaves, on the same thread.</returns>
    /// <exception cref="LockRecursionException">
    /// The calling thread holds it to read: to upgrade would be to wait for itself, so leave first. Or it holds it through another object.
    /// </exception>
    /// <inheritdoc cref="EnterReadLock"/>
    public WriteScope EnterWriteLock(CancellationToken cancellation = default)
    {
        _control.TryEnterWrite(Deadline.Never, cancellation);
        return new WriteScope(this);
    }

    /// <summary>Enters to write if that can be done at once; leave with <see cref="ExitWriteLock"/>.</summary>
    /// <inheritdoc cref="TryEnterWriteLock(TimeSpan, CancellationToken)"/>
    public bool TryEnterWriteLock() => _control.TryEnterWrite(Deadline.Now, default);

    /// <summary>Enters to write within a time; leave with <see cref="ExitWriteLock"/>.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait, within 20 ms.</param>
    /// <returns>False if the time ran out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <inheritdoc cref="EnterWriteLock"/>
    public bool TryEnterWriteLock(TimeSpan timeout, CancellationToken cancellation = default) =>
        _control.TryEnterWrite(Deadline.After(timeout), cancellation);

    /// <summary>Leaves, having written.</summary>
    /// <exception cref="SynchronizationLockException">
    /// The calling thread has not entered to write through this object, or still reads within its writing; nothing is changed.
    /// </exception>
    public void ExitWriteLock() => _control.ExitWrite();

    /// <summary>That the lock is held to read. It cannot be kept across an <c>await</c>, as the lock belongs to its thread.</summary>
    public readonly ref struct ReadScope
    {
        private readonly SharedArea? _area;

        internal ReadScope(SharedArea area) => _area = area;

        /// <summary>Leaves.</summary>
        public void Dispose() => _area?.ExitReadLock();
    }

    /// <summary>That the lock is held to write. It cannot be kept across an <c>await</c>, as the lock belongs to its thread.</summary>
    public readonly ref struct WriteScope
    {
        private readonly SharedArea? _area;

        internal WriteScope(SharedArea area)
        {
            _area = area;
            Abandoned = area.Abandoned;
        }

        /// <summary>Whether a writer died in the lock, and no other has entered since: what is there may be half changed.</summary>
        public bool Abandoned { get; }

        /// <summary>Leaves.</summary>
        public void Dispose() => _area?.ExitWriteLock();
    }
}
