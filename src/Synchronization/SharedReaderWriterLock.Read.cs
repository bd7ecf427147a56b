using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>To read.</content>
public sealed unsafe partial class SharedReaderWriterLock
{
    /// <summary>Enters to read, waiting for as long as it takes.</summary>
    /// <returns>A scope whose disposal leaves, on the same thread.</returns>
    /// <exception cref="LockRecursionException">The calling thread holds it already, and it is not recursive.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while it waited; it is not held.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public ReadScope EnterRead(CancellationToken cancellation = default)
    {
        TryEnterRead(Deadline.Never, cancellation);
        return new ReadScope(this);
    }

    /// <summary>Enters to read if that can be done at once; leave with <see cref="ExitRead"/>.</summary>
    /// <inheritdoc cref="TryEnterRead(TimeSpan, CancellationToken)"/>
    public bool TryEnterRead() => TryEnterRead(Deadline.Now, default);

    /// <summary>Enters to read within a time; leave with <see cref="ExitRead"/>.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait, within 20 ms.</param>
    /// <returns>False if the time ran out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <inheritdoc cref="EnterRead"/>
    public bool TryEnterRead(TimeSpan timeout, CancellationToken cancellation = default) => TryEnterRead(Deadline.After(timeout), cancellation);

    /// <summary>Leaves, having read.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread has not entered to read through this object; nothing is changed.</exception>
    public void ExitRead()
    {
        ref ThreadHolds.Hold hold = ref Held(write: false);
        if (--hold.Reads == 0 && hold.Writes == 0)
        {
            int stripe = hold.Stripe;
            ThreadHolds.Remove(ref hold);
            MutexBackend.Current.Exit(Stripe(stripe));
        }

        Placement.Release();
    }

    internal bool TryEnterRead(Deadline deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Placement.Hold();
        ref ThreadHolds.Hold hold = ref ThreadHolds.Find(_key);
        int stripe = Unsafe.IsNullRef(ref hold) ? TakeAnyStripe() : -1;
        return stripe >= 0 ? NoteReading(stripe) : FinishReading(deadline, cancellation);
    }

    private bool NoteReading(int stripe)
    {
        ref ThreadHolds.Hold hold = ref ThreadHolds.Add(_key);
        hold.Stripe = stripe;
        hold.Reads = 1;
        hold.Through = this;
        return true;
    }

    /// <summary>All but the common case, which is no writer and a stripe at once.</summary>
    private bool FinishReading(Deadline deadline, CancellationToken cancellation)
    {
        bool entered = false;
        try
        {
            ref ThreadHolds.Hold hold = ref ThreadHolds.Find(_key);
            if (Unsafe.IsNullRef(ref hold))
            {
                int stripe = WaitForStripe(deadline, cancellation);
                entered = stripe >= 0 && NoteReading(stripe);
            }
            else
            {
                entered = IsRecursive && ReferenceEquals(hold.Through, this) ? true : throw Reentry();
                hold.Reads++;
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

    /// <summary>A stripe that can be had at once, from the thread's own on; -1 if there is none, or a writer is next.</summary>
    private int TakeAnyStripe()
    {
        if (Volatile.Read(ref Writer) != NoWriter)
        {
            return -1;
        }

        int first = (int)((uint)Environment.CurrentManagedThreadId % (uint)_stripes);
        for (int i = 0; i < _stripes; i++)
        {
            int stripe = first + i < _stripes ? first + i : first + i - _stripes;
            MutexEntry entry = MutexBackend.Current.TryEnter(Stripe(stripe));
            if (entry == MutexEntry.Entered)
            {
                return stripe;
            }

            if (entry == MutexEntry.Abandoned)
            {
                // By a reader, which is of no matter; or by a writer that came after the look above, and then what it wrote is for the gate to judge.
                if (Volatile.Read(ref Writer) != WriterWrites)
                {
                    return stripe;
                }

                MutexBackend.Current.Exit(Stripe(stripe));
                return -1;
            }
        }

        return -1;
    }

    /// <summary>Queues at the gate with the writers, and once through it waits for a reader to leave if as many read as can.</summary>
    private int WaitForStripe(Deadline deadline, CancellationToken cancellation)
    {
        if (!EnterGate(deadline, cancellation))
        {
            return -1;
        }

        try
        {
            int stripe = TakeAnyStripe();
            if (stripe < 0)
            {
                stripe = (int)((uint)Environment.CurrentManagedThreadId % (uint)_stripes);
                stripe = MutexWait.Enter(Stripe(stripe), deadline, cancellation) == MutexEntry.Busy ? -1 : stripe;
            }

            return stripe;
        }
        finally
        {
            MutexBackend.Current.Exit(Gate);
        }
    }

    /// <summary>That the lock is held to read. It cannot be kept across an <c>await</c>, as the lock belongs to its thread.</summary>
    public readonly ref struct ReadScope
    {
        private readonly SharedReaderWriterLock? _lock;

        internal ReadScope(SharedReaderWriterLock @lock)
        {
            _lock = @lock;
            Abandoned = @lock.Torn != 0;
        }

        /// <summary>Whether a writer died while it wrote, and no other has written since: what is read may be half changed.</summary>
        public bool Abandoned { get; }

        /// <summary>Leaves.</summary>
        public void Dispose() => _lock?.ExitRead();
    }
}
