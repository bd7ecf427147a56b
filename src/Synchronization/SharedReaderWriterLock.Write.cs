using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>To write.</content>
public sealed unsafe partial class SharedReaderWriterLock
{
    /// <summary>Whether a writer had died while it wrote when this object was last entered to write. It is said to the next writer, and to all readers before it.</summary>
    public bool Abandoned { get; private set; }

    /// <summary>Enters to write, waiting for as long as it takes.</summary>
    /// <returns>A scope whose disposal leaves, on the same thread.</returns>
    /// <exception cref="LockRecursionException">
    /// The calling thread holds it already and it is not recursive; or it holds it to read: to upgrade would be to wait for itself, so leave first.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while it waited; it is not held.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public WriteScope EnterWrite(CancellationToken cancellation = default)
    {
        TryEnterWrite(Deadline.Never, cancellation);
        return new WriteScope(this);
    }

    /// <summary>Enters to write if that can be done at once; leave with <see cref="ExitWrite"/>.</summary>
    /// <inheritdoc cref="TryEnterWrite(TimeSpan, CancellationToken)"/>
    public bool TryEnterWrite() => TryEnterWrite(Deadline.Now, default);

    /// <summary>Enters to write within a time; leave with <see cref="ExitWrite"/>.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait, within 20 ms.</param>
    /// <returns>False if the time ran out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <inheritdoc cref="EnterWrite"/>
    public bool TryEnterWrite(TimeSpan timeout, CancellationToken cancellation = default) => TryEnterWrite(Deadline.After(timeout), cancellation);

    /// <summary>Leaves, having written.</summary>
    /// <exception cref="SynchronizationLockException">
    /// The calling thread has not entered to write through this object, or still reads within its writing; nothing is changed.
    /// </exception>
    public void ExitWrite()
    {
        ref ThreadHolds.Hold hold = ref Held(write: true);
        if (hold is { Writes: 1, Reads: > 0 })
        {
            throw new SynchronizationLockException($"This thread still reads within its writing of the lock '{Name}'.");
        }

        if (--hold.Writes == 0)
        {
            ThreadHolds.Remove(ref hold);
            LeaveWriting(_stripes);
        }

        Placement.Release();
    }

    internal bool TryEnterWrite(Deadline deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Placement.Hold();
        bool entered = false;
        try
        {
            ref ThreadHolds.Hold hold = ref ThreadHolds.Find(_key);
            if (Unsafe.IsNullRef(ref hold))
            {
                entered = StartWriting(deadline, cancellation);
                if (entered)
                {
                    hold = ref ThreadHolds.Add(_key);
                    hold.Stripe = -1;
                    hold.Through = this;
                    hold.Writes = 1;
                }
            }
            else
            {
                entered = IsRecursive && hold.Writes > 0 && ReferenceEquals(hold.Through, this) ? true : throw (hold.Writes > 0 ? Reentry() : Upgrade());
                hold.Writes++;
            }

            return entered;
        }
        finally
        {
            if (!entered)
            {
                Placement.Release();
            }
        }
    }

    private bool StartWriting(Deadline deadline, CancellationToken cancellation)
    {
        if (!EnterGate(deadline, cancellation))
        {
            return false;
        }

        int taken = 0;
        bool all = false;
        try
        {
            Interlocked.Exchange(ref Writer, WriterWaits);
            while (taken < _stripes && MutexWait.Enter(Stripe(taken), deadline, cancellation) != MutexEntry.Busy)
            {
                taken++;
            }

            all = taken == _stripes;
        }
        finally
        {
            if (!all)
            {
                LeaveWriting(taken);
            }
        }

        if (all)
        {
            // The word goes to 2 before the note of an earlier death is taken: a death between the two writes it anew.
            Volatile.Write(ref Writer, WriterWrites);
            Abandoned = Torn != 0;
            Volatile.Write(ref Torn, 0);
        }

        return all;
    }

    private void LeaveWriting(int stripes)
    {
        Volatile.Write(ref Writer, NoWriter);
        for (int i = stripes - 1; i >= 0; i--)
        {
            MutexBackend.Current.Exit(Stripe(i));
        }

        MutexBackend.Current.Exit(Gate);
    }

    private LockRecursionException Upgrade() =>
        new($"This thread holds the lock '{Name}' to read: to enter it to write too would be to wait for itself. Leave it first.");

    /// <summary>That the lock is held to write. It cannot be kept across an <c>await</c>, as the lock belongs to its thread.</summary>
    public readonly ref struct WriteScope
    {
        private readonly SharedReaderWriterLock? _lock;

        internal WriteScope(SharedReaderWriterLock @lock)
        {
            _lock = @lock;
            Abandoned = @lock.Abandoned;
        }

        /// <summary>Whether a writer died while it wrote, and no other has written since: what is there may be half changed.</summary>
        public bool Abandoned { get; }

        /// <summary>Leaves.</summary>
        public void Dispose() => _lock?.ExitWrite();
    }
}
