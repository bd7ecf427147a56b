namespace Multiprocessing;

/// <summary>
/// A place to wait, within a mutex, for what another thread of any process will change within the same mutex. Python's <c>multiprocessing.Condition</c>.
/// </summary>
/// <remarks>
/// <para>Layout (kind <c>cond</c>, version 1, 192 bytes and 32 a waiter):
/// <code>
///  offset  size  field
///       0    32  header      of all our structures
///      32     8  mutex key   of the mutex that it belongs to
///      40     4  own         1: that mutex is the one at 64
///      44     4  capacity    how many can wait at once
///      48     8  tickets     how many have waited so far
///      56     8  reserved
///      64   128  mutex       a mutex of its own, unless it was made for another
///     192  32*n  waiters:    +0 owner (process lease; 0: free place)  +8 ticket  +16 wake (WakeWord)  +24 notified (0 or 1)  +28 reserved
/// </code></para>
/// <para>All of it is changed by the holder of the mutex alone; a sleeper reads <c>notified</c> of its own place. Notifications go to those who wait, in the order
/// in which they came, and never to one who died waiting; nobody is woken for nothing.</para>
/// <para>Death at any line: of a waiter, its place is freed when a notification or a newcomer comes upon it; of a notifier, the mutex is abandoned, and a waiter,
/// which looks after 100 ms, comes out of its wait as the next one in.</para>
/// </remarks>
public sealed unsafe class SharedCondition : SharedPrimitive, ISharedStructure
{
    /// <summary>How many threads can wait at once unless said otherwise.</summary>
    public const int DefaultCapacity = 64;

    private const int OwnMutexOffset = 64;
    private const int WaitersOffset = 192;

    private static readonly StructureKind Kind = new("cond", Version: 1, HasMutex: true);

    private readonly int _capacity;
    private readonly bool _ownsMutex;

    private SharedCondition(Placement placement, SharedMutex? mutex)
        : base(placement)
    {
        _ownsMutex = *(uint*)(placement.Start + 40) != 0;
        _capacity = *(int*)(placement.Start + 44);
        if (_capacity < 1 || GetByteSize(_capacity) > placement.Block.Size - placement.Offset)
        {
            throw new InvalidDataException($"The condition '{Name}' says that {_capacity} can wait: that cannot be.");
        }

        Mutex = mutex ?? (_ownsMutex
            ? SharedMutex.Attach(placement.Block, placement.Offset + OwnMutexOffset)
            : throw new ArgumentException($"The condition '{Name}' belongs to a mutex of another block: attach with that.", nameof(mutex)));
        if (Mutex.Key != *(ulong*)(placement.Start + 32))
        {
            throw new InvalidDataException($"The condition '{Name}' belongs to another mutex than '{Mutex.Name}'.");
        }
    }

    string ISharedStructure.Kind => Kind.Name;

    /// <summary>The mutex that must be held to wait and to notify.</summary>
    public SharedMutex Mutex { get; }

    private Waiter* Waiters => (Waiter*)(Placement.Start + WaitersOffset);

    /// <summary>The room in bytes that a condition takes within a block.</summary>
    public static int GetByteSize(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 20);
        return WaitersOffset + (((capacity * sizeof(Waiter)) + Placement.Alignment - 1) / Placement.Alignment * Placement.Alignment);
    }

    /// <summary>Makes a condition in a block of its own, with a mutex of its own.</summary>
    /// <param name="name">The name of the block; null for a random one.</param>
    /// <param name="recursive">Whether its mutex is recursive.</param>
    /// <param name="capacity">How many threads can wait at once.</param>
    /// <param name="options">How the block is created.</param>
    /// <exception cref="ArgumentException">The name cannot be one, or the capacity is out of range.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    public static SharedCondition Create(
        string? name = null, bool recursive = false, int capacity = DefaultCapacity, SharedMemoryOptions? options = null)
    {
        int size = GetByteSize(capacity);
        return new(Placement.Create(name, options, Kind, size, start => Build(start, null, recursive, capacity)), null);
    }

    /// <summary>Makes a condition in a block of its own for a mutex that exists, of which there may be several.</summary>
    /// <inheritdoc cref="Create(string?, bool, int, SharedMemoryOptions?)"/>
    public static SharedCondition Create(
        SharedMutex mutex, string? name = null, int capacity = DefaultCapacity, SharedMemoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(mutex);
        int size = GetByteSize(capacity);
        return new(Placement.Create(name, options, Kind, size, start => Build(start, mutex, false, capacity)), mutex);
    }

    /// <summary>Makes a condition within a block.</summary>
    /// <param name="block">A block with room (<see cref="GetByteSize"/>) at the offset, which this object does not dispose.</param>
    /// <param name="byteOffset">Where it begins: a multiple of 64.</param>
    /// <param name="mutex">The mutex that it is for; null for one of its own.</param>
    /// <param name="recursive">Whether a mutex of its own is recursive.</param>
    /// <param name="capacity">How many threads can wait at once.</param>
    /// <exception cref="ArgumentException">It does not lie within the block, the offset is no multiple of 64, or the capacity is out of range.</exception>
    /// <exception cref="InvalidOperationException">There is a structure at that place already.</exception>
    /// <exception cref="NotSupportedException">The block is attached read-only.</exception>
    public static SharedCondition Create(
        SharedMemory block, long byteOffset, SharedMutex? mutex = null, bool recursive = false, int capacity = DefaultCapacity)
    {
        int size = GetByteSize(capacity);
        return new(Placement.Create(block, byteOffset, Kind, size, start => Build(start, mutex, recursive, capacity)), mutex);
    }

    /// <summary>Attaches to a condition by the name of its block.</summary>
    /// <param name="name">The name.</param>
    /// <param name="mutex">The mutex that it was made for; null if it has one of its own.</param>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="InvalidDataException">It is something else, not finished, or belongs to another mutex.</exception>
    /// <exception cref="ArgumentException">It was made for a mutex, and none is given.</exception>
    public static SharedCondition Attach(string name, SharedMutex? mutex = null) =>
        Placement.Attach(name, Kind, WaitersOffset).Into(placement => new SharedCondition(placement, mutex));

    /// <summary>Attaches to a condition within a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="byteOffset">Where it begins.</param>
    /// <param name="mutex">The mutex that it was made for; null if it has one of its own.</param>
    /// <exception cref="InvalidDataException">There is something else at that place, or nothing, or it belongs to another mutex.</exception>
    /// <exception cref="ArgumentException">It was made for a mutex, and none is given.</exception>
    public static SharedCondition Attach(SharedMemory block, long byteOffset, SharedMutex? mutex = null) =>
        Placement.Attach(block, byteOffset, Kind, WaitersOffset).Into(placement => new SharedCondition(placement, mutex));

    /// <summary>Leaves the mutex, however often it was entered, waits to be notified, and enters it again as often.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread does not hold the mutex.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before a notification came. The mutex is held.</exception>
    /// <exception cref="InvalidOperationException">As many wait already as can. The mutex is held.</exception>
    /// <remarks>
    /// It comes back without a notification in one case: somebody died in the mutex, and this thread is the next one in (<see cref="SharedMutex.Abandoned"/>).
    /// </remarks>
    public void Wait(CancellationToken cancellation = default) => Wait(Deadline.Never, cancellation);

    /// <summary>Leaves the mutex, waits to be notified for at most so long, and enters it again.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for ever. The time until the mutex is free is not in it.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if the time ran out. The mutex is held in any case.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public bool Wait(TimeSpan timeout, CancellationToken cancellation = default) => Wait(Deadline.After(timeout), cancellation);

    /// <summary>Waits until a predicate, which is asked within the mutex, is true.</summary>
    /// <param name="predicate">Asked at once, and after each notification.</param>
    /// <param name="timeout">How long at most; null for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>What the predicate said last: false if the time ran out.</returns>
    /// <inheritdoc cref="Wait(TimeSpan, CancellationToken)"/>
    public bool WaitFor(Func<bool> predicate, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        ThrowIfNotHeld();
        Deadline deadline = Deadline.After(timeout ?? Timeout.InfiniteTimeSpan);
        while (!predicate())
        {
            if (!Wait(deadline, cancellation))
            {
                return predicate();
            }
        }

        return true;
    }

    /// <summary>Wakes those who have waited longest.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <exception cref="SynchronizationLockException">The calling thread does not hold the mutex.</exception>
    public void Notify(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ThrowIfNotHeld();
        Placement.Hold();
        try
        {
            while (count > 0 && Oldest() is var waiter && waiter != null)
            {
                // Who was woken from its sleep lives, and need not be looked up, which takes longer than all the rest.
                Volatile.Write(ref waiter->Notified, 1);
                if (WakeWord.Signal(&waiter->Wake) || !ProcessLease.IsDead(waiter->Owner))
                {
                    count--;
                }
                else
                {
                    waiter->Owner = 0;
                }
            }
        }
        finally
        {
            Placement.Release();
        }
    }

    /// <summary>Wakes all who wait.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread does not hold the mutex.</exception>
    public void NotifyAll() => Notify(int.MaxValue);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (_ownsMutex)
        {
            Mutex.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool Wait(Deadline deadline, CancellationToken cancellation)
    {
        ThrowIfNotHeld();
        cancellation.ThrowIfCancellationRequested();
        Placement.Hold();
        try
        {
            Waiter* place = TakePlace();
            int depth = Mutex.ExitAll();
            bool within = true;
            bool next = false;
            try
            {
                while (within && !next && Volatile.Read(ref place->Notified) == 0)
                {
                    uint seen = place->Wake.Sequence;
                    within = Volatile.Read(ref place->Notified) != 0 || WakeWord.Sleep(&place->Wake, seen, deadline, cancellation);
                    next = within && Volatile.Read(ref place->Notified) == 0 && EnteredAfterDeath();
                }
            }
            catch (OperationCanceledException) when (Volatile.Read(ref place->Notified) != 0)
            {
                // Notified in the same instant: the notification is not thrown away.
            }
            finally
            {
                Mutex.Reenter(next ? depth - 1 : depth);
                within |= place->Notified != 0;
                Volatile.Write(ref place->Owner, 0);
            }

            return within;
        }
        finally
        {
            Placement.Release();
        }
    }

    /// <summary>Whether somebody died in the mutex, and this thread is the next one in: it holds it then.</summary>
    private bool EnteredAfterDeath()
    {
        if (!Mutex.TryEnter())
        {
            return false;
        }

        if (!Mutex.Abandoned)
        {
            Mutex.Exit();
        }

        return Mutex.IsHeldByCurrentThread;
    }

    private Waiter* TakePlace()
    {
        Waiter* place = Free(lookAtOwners: false);
        place = place == null ? Free(lookAtOwners: true) : place;
        if (place == null)
        {
            throw new InvalidOperationException($"{_capacity} threads wait for the condition '{Name}' already: make it with a larger capacity.");
        }

        place->Ticket = ++*(long*)(Placement.Start + 48);
        place->Notified = 0;
        place->Owner = ProcessLease.Current.Id;
        return place;
    }

    private Waiter* Free(bool lookAtOwners)
    {
        for (int i = 0; i < _capacity; i++)
        {
            ulong owner = Volatile.Read(ref Waiters[i].Owner);
            if (owner == 0 || (lookAtOwners && ProcessLease.IsDead(owner)))
            {
                return &Waiters[i];
            }
        }

        return null;
    }

    /// <summary>Who has waited longest and was not notified yet, dead or alive.</summary>
    private Waiter* Oldest()
    {
        Waiter* oldest = null;
        for (int i = 0; i < _capacity; i++)
        {
            Waiter* waiter = &Waiters[i];
            if (waiter->Owner != 0 && waiter->Notified == 0 && (oldest == null || waiter->Ticket < oldest->Ticket))
            {
                oldest = waiter;
            }
        }

        return oldest;
    }

    private void ThrowIfNotHeld()
    {
        if (!Mutex.IsHeldByCurrentThread)
        {
            throw new SynchronizationLockException($"This thread does not hold the mutex of the condition '{Name}'.");
        }
    }

    private static void Build(byte* start, SharedMutex? mutex, bool recursive, int capacity)
    {
        if (mutex is null)
        {
            SharedMutex.BuildWhole(start + OwnMutexOffset, recursive);
        }

        *(ulong*)(start + 32) = mutex?.Key ?? SharedMutex.KeyOf(start + OwnMutexOffset);
        *(uint*)(start + 40) = mutex is null ? 1u : 0;
        *(int*)(start + 44) = capacity;
    }

    private struct Waiter
    {
        internal ulong Owner;
        internal long Ticket;
        internal WakeWord Wake;
        internal uint Notified;
        private readonly uint _reserved;
    }
}
