namespace Multiprocessing;

/// <summary>
/// A number of permits that threads of any processes take and give back. The permits of <see cref="Create(int, string?, SharedMemoryOptions?)"/> belong to the
/// process that took them, and those of a dead process return (Python's <c>BoundedSemaphore</c>); those of
/// <see cref="CreateCounting(int, int, string?, SharedMemoryOptions?)"/> belong to nobody, and anybody may give more (Python's <c>Semaphore</c>).
/// </summary>
/// <remarks>
/// <para>Layout (kind <c>sem</c>, version 1, 64 bytes, and 8 a permit where permits have owners; the whole rounded up to 64):
/// <code>
///  offset  size  field
///       0    32  header     of all our structures
///      32     4  maximum    the most permits there can be
///      36     4  counting   0: permits have owners, 1: a bare count
///      40     8  wake       sequence and sleepers (WakeWord)
///      48     4  count      counting only: the permits that are free
///      52    12  reserved
///      64   8*n  owners     else, for each permit: the process lease that holds it; 0: free
/// </code></para>
/// <para>Death at any line: a permit with an owner is taken, given back, and taken from a dead owner by one compare-and-swap each, so it is always either free
/// or somebody's. Waiters look at the owners' leases a hundred times a second. A permit of a counting semaphore goes with who took it: that is what counting
/// means.</para>
/// </remarks>
public sealed unsafe class SharedSemaphore : SharedPrimitive, ISharedStructure
{
    /// <summary>The most permits that can have owners.</summary>
    public const int MostOwnedPermits = 4096;

    private const int OwnersOffset = 64;

    /// <summary>How often in milliseconds who waits looks for owners that died.</summary>
    private const int LookAtOwners = 10;

    private static readonly StructureKind Kind = new("sem", Version: 1, HasMutex: false);

    /// <summary>Of all threads of this process that give back, so that a giving of several is all or nothing.</summary>
    private static readonly Lock Giving = new();

    private readonly bool _counting;

    private SharedSemaphore(Placement placement)
        : base(placement)
    {
        MaximumCount = *(int*)(placement.Start + 32);
        _counting = *(uint*)(placement.Start + 36) != 0;
        long size = _counting ? OwnersOffset : GetByteSize(MaximumCount);
        if (MaximumCount < 1 || (!_counting && MaximumCount > MostOwnedPermits) || size > placement.Block.Size - placement.Offset)
        {
            throw new InvalidDataException($"The semaphore '{Name}' says that it has {MaximumCount} permits: that cannot be.");
        }
    }

    string ISharedStructure.Kind => Kind.Name;

    /// <summary>The most permits there can be free at once.</summary>
    public int MaximumCount { get; }

    /// <summary>Whether a permit belongs to the process that took it.</summary>
    public bool HasOwners => !_counting;

    /// <summary>How many permits are free at this moment.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public int CurrentCount
    {
        get
        {
            Placement.Hold();
            int count = _counting ? Volatile.Read(ref *Count) : new ReadOnlySpan<ulong>(Owners, MaximumCount).Count(0ul);
            Placement.Release();
            return count;
        }
    }

    private WakeWord* Wake => (WakeWord*)(Placement.Start + 40);

    private int* Count => (int*)(Placement.Start + 48);

    private ulong* Owners => (ulong*)(Placement.Start + OwnersOffset);

    /// <summary>The room in bytes that a semaphore of owned permits takes within a block; one that counts takes 64.</summary>
    public static int GetByteSize(int permits)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(permits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permits, MostOwnedPermits);
        return OwnersOffset + (((permits * sizeof(ulong)) + Placement.Alignment - 1) / Placement.Alignment * Placement.Alignment);
    }

    /// <summary>Makes a semaphore whose permits belong to who took them, in a block of its own. All are free.</summary>
    /// <param name="permits">How many: 1 to <see cref="MostOwnedPermits"/>.</param>
    /// <param name="name">The name of the block; null for a random one.</param>
    /// <param name="options">How the block is created.</param>
    /// <exception cref="ArgumentException">The name cannot be one, or the number of permits is out of range.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    public static SharedSemaphore Create(int permits, string? name = null, SharedMemoryOptions? options = null)
    {
        int size = GetByteSize(permits);
        return new(Placement.Create(name, options, Kind, size, start => Build(start, permits, permits, counting: false)));
    }

    /// <summary>Makes a semaphore whose permits belong to who took them, within a block.</summary>
    /// <param name="block">A block with room (<see cref="GetByteSize"/>) at the offset, which this object does not dispose.</param>
    /// <param name="byteOffset">Where it begins: a multiple of 64.</param>
    /// <param name="permits">How many: 1 to <see cref="MostOwnedPermits"/>.</param>
    /// <exception cref="ArgumentException">It does not lie within the block, the offset is no multiple of 64, or the number of permits is out of range.</exception>
    /// <exception cref="InvalidOperationException">There is a structure at that place already.</exception>
    /// <exception cref="NotSupportedException">The block is attached read-only.</exception>
    public static SharedSemaphore Create(SharedMemory block, long byteOffset, int permits)
    {
        int size = GetByteSize(permits);
        return new(Placement.Create(block, byteOffset, Kind, size, start => Build(start, permits, permits, counting: false)));
    }

    /// <summary>Makes a semaphore that counts, in a block of its own: to say to others how often something has happened.</summary>
    /// <param name="initialCount">How many permits are free at the start.</param>
    /// <param name="maximumCount">How many there can be.</param>
    /// <param name="name">The name of the block; null for a random one.</param>
    /// <param name="options">How the block is created.</param>
    /// <exception cref="ArgumentException">The name cannot be one, or a count is out of range.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    public static SharedSemaphore CreateCounting(
        int initialCount, int maximumCount = int.MaxValue, string? name = null, SharedMemoryOptions? options = null)
    {
        CheckCounts(initialCount, maximumCount);
        return new(Placement.Create(name, options, Kind, OwnersOffset, start => Build(start, initialCount, maximumCount, counting: true)));
    }

    /// <summary>Makes a semaphore that counts, within a block.</summary>
    /// <param name="block">A block with 64 bytes at the offset, which this object does not dispose.</param>
    /// <param name="byteOffset">Where it begins: a multiple of 64.</param>
    /// <param name="initialCount">How many permits are free at the start.</param>
    /// <param name="maximumCount">How many there can be.</param>
    /// <exception cref="ArgumentException">It does not lie within the block, the offset is no multiple of 64, or a count is out of range.</exception>
    /// <inheritdoc cref="Create(SharedMemory, long, int)"/>
    public static SharedSemaphore CreateCounting(SharedMemory block, long byteOffset, int initialCount, int maximumCount = int.MaxValue)
    {
        CheckCounts(initialCount, maximumCount);
        return new(Placement.Create(block, byteOffset, Kind, OwnersOffset, start => Build(start, initialCount, maximumCount, counting: true)));
    }

    /// <summary>Attaches to a semaphore, of either sort, by the name of its block.</summary>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="InvalidDataException">It is something else, or not finished.</exception>
    public static SharedSemaphore Attach(string name) =>
        Placement.Attach(name, Kind, OwnersOffset).Into(static placement => new SharedSemaphore(placement));

    /// <summary>Attaches to a semaphore, of either sort, within a block.</summary>
    /// <exception cref="InvalidDataException">There is something else at that place, or nothing.</exception>
    /// <inheritdoc cref="Create(SharedMemory, long, int)"/>
    public static SharedSemaphore Attach(SharedMemory block, long byteOffset) => Placement.Attach(block, byteOffset, Kind, OwnersOffset).Into(static placement => new SharedSemaphore(placement));

    /// <summary>Takes a permit, waiting for as long as it takes.</summary>
    /// <returns>A scope whose disposal gives it back, on whatever thread.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled; no permit is taken.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public Scope Enter(CancellationToken cancellation = default)
    {
        TryEnter(Deadline.Never, cancellation);
        return new Scope(this);
    }

    /// <summary>Takes a permit if one is free; give it back with <see cref="Release"/>.</summary>
    /// <inheritdoc cref="TryEnter(TimeSpan, CancellationToken)"/>
    public bool TryEnter() => TryEnter(Deadline.Now, default);

    /// <summary>Takes a permit within a time; give it back with <see cref="Release"/>.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if the time ran out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <inheritdoc cref="Enter"/>
    public bool TryEnter(TimeSpan timeout, CancellationToken cancellation = default) => TryEnter(Deadline.After(timeout), cancellation);

    /// <summary>Gives permits back, or, to a semaphore that counts, gives so many.</summary>
    /// <param name="permits">How many, at least 1. All or none.</param>
    /// <exception cref="SemaphoreFullException">
    /// This process does not hold so many (of a semaphore that counts: there would be more than <see cref="MaximumCount"/>); nothing is changed.
    /// </exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void Release(int permits = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(permits);
        Placement.Hold();
        try
        {
            if (!(_counting ? TryGive(permits) : TryGiveBack(permits)))
            {
                throw new SemaphoreFullException(_counting
                    ? $"The semaphore '{Name}' would have more than {MaximumCount} permits."
                    : $"This process does not hold {permits} of the permits of the semaphore '{Name}'.");
            }

            WakeWord.Signal(Wake, permits);
        }
        finally
        {
            Placement.Release();
        }
    }

    private bool TryEnter(Deadline deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Placement.Hold();
        try
        {
            for (bool waiting = true; ;)
            {
                uint seen = Wake->Sequence;
                if (_counting ? TryCount() : TryOwn())
                {
                    return true;
                }

                if (!_counting && ReturnPermitsOfTheDead())
                {
                    continue;
                }

                if (!waiting)
                {
                    return false;
                }

                waiting = WakeWord.Sleep(Wake, seen, deadline, cancellation, _counting ? WakeWord.Backstop : LookAtOwners);
            }
        }
        finally
        {
            Placement.Release();
        }
    }

    private bool TryCount()
    {
        int count = Volatile.Read(ref *Count);
        while (count > 0)
        {
            int seen = Interlocked.CompareExchange(ref *Count, count - 1, count);
            if (seen == count)
            {
                return true;
            }

            count = seen;
        }

        return false;
    }

    private bool TryGive(int permits)
    {
        int count = Volatile.Read(ref *Count);
        while (permits <= MaximumCount - count)
        {
            int seen = Interlocked.CompareExchange(ref *Count, count + permits, count);
            if (seen == count)
            {
                return true;
            }

            count = seen;
        }

        return false;
    }

    private bool TryOwn()
    {
        ulong me = ProcessLease.Current.Id;
        var owners = new Span<ulong>(Owners, MaximumCount);
        for (int i = owners.IndexOf(0ul); i >= 0; i = owners.IndexOf(0ul))
        {
            if (Interlocked.CompareExchange(ref owners[i], me, 0) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryGiveBack(int permits)
    {
        ulong me = ProcessLease.Current.Id;
        var owners = new Span<ulong>(Owners, MaximumCount);
        lock (Giving)
        {
            // Nobody else gives back what is this process's, so what is counted is still there to be given.
            if (owners.Count(me) < permits)
            {
                return false;
            }

            for (; permits > 0; permits--)
            {
                Volatile.Write(ref owners[owners.IndexOf(me)], 0);
            }

            return true;
        }
    }

    private bool ReturnPermitsOfTheDead()
    {
        int returned = 0;
        ulong me = ProcessLease.Current.Id;
        ulong known = me;
        bool dead = false;
        for (int i = 0; i < MaximumCount; i++)
        {
            ulong owner = Volatile.Read(ref Owners[i]);
            if (owner != 0 && owner != known)
            {
                (known, dead) = (owner, ProcessLease.IsDead(owner));
            }

            if (dead && owner == known && Interlocked.CompareExchange(ref Owners[i], 0, owner) == owner)
            {
                returned++;
            }
        }

        if (returned > 0)
        {
            WakeWord.Signal(Wake, returned);
        }

        return returned > 0;
    }

    private static void CheckCounts(int initialCount, int maximumCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(initialCount);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(initialCount, maximumCount);
    }

    private static void Build(byte* start, int count, int maximum, bool counting)
    {
        *(int*)(start + 32) = maximum;
        *(uint*)(start + 36) = counting ? 1u : 0;
        *(int*)(start + 48) = count;
    }

    /// <summary>That a permit is held. It may be kept, and disposed on another thread.</summary>
    public readonly record struct Scope : IDisposable
    {
        private readonly SharedSemaphore? _semaphore;

        internal Scope(SharedSemaphore semaphore) => _semaphore = semaphore;

        /// <summary>Gives the permit back.</summary>
        public void Dispose() => _semaphore?.Release();
    }
}
