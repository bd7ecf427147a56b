namespace Multiprocessing;

/// <summary>
/// A mutual exclusion between threads of any processes that survives its holder: when the process or thread that holds it dies, the next one in gets it at
/// once, and <see cref="Abandoned"/> says so. Python's <c>multiprocessing.Lock</c> and, recursive, <c>RLock</c>.
/// </summary>
/// <remarks>
/// <para>Layout (kind <c>mutex</c>, version 1, 128 bytes, aligned to 64):
/// <code>
///  offset  size  field
///       0    32  header     of all our structures
///      32     4  recursive  0 or 1
///      36     4  reserved
///      40     8  key        random, names this mutex for those who keep something with it
///      48    16  reserved
///      64    64  the mutex of the system: on Linux a pthread_mutex_t, PROCESS_SHARED and ROBUST
/// </code></para>
/// <para>It belongs to the thread that entered it, and that thread must leave it: the scope is a <c>ref struct</c> so that the compiler refuses an
/// <c>await</c> inside. Entering it again is a <see cref="LockRecursionException"/> unless it is recursive.</para>
/// <para>Death at any line: before the system's mutex is taken nothing has changed; from then on until it is left the kernel hands it on.</para>
/// </remarks>
public sealed unsafe class SharedMutex : SharedPrimitive, ISharedStructure
{
    /// <summary>The room in bytes that a mutex takes within a block.</summary>
    public const int ByteSize = 128;

    private const int KeyOffset = 40;
    private const int MutexOffset = 64;

    private static readonly StructureKind Kind = new("mutex", Version: 1, HasMutex: true);

    // Written only by the thread that holds the mutex; any other finds an id that is not its own.
    private int _thread;
    private int _depth;

    private SharedMutex(Placement placement)
        : base(placement)
    {
        IsRecursive = *(uint*)(placement.Start + 32) != 0;
        Key = KeyOf(placement.Start);
    }

    string ISharedStructure.Kind => Kind.Name;

    /// <summary>Whether the thread that holds it may enter again; it leaves as often.</summary>
    public bool IsRecursive { get; }

    /// <summary>
    /// Whether whoever held it before the last entry through this object died in it: what it protects may be half changed. It is said once, to the next one in.
    /// </summary>
    public bool Abandoned { get; private set; }

    /// <summary>Whether the calling thread has entered it through this object.</summary>
    public bool IsHeldByCurrentThread => _thread == Environment.CurrentManagedThreadId;

    internal ulong Key { get; }

    /// <summary>Makes a mutex in a block of its own.</summary>
    /// <param name="name">The name of the block; null for a random one.</param>
    /// <param name="recursive">Whether the thread that holds it may enter again.</param>
    /// <param name="options">How the block is created.</param>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    public static SharedMutex Create(string? name = null, bool recursive = false, SharedMemoryOptions? options = null) =>
        new(Placement.Create(name, options, Kind, ByteSize, start => Build(start, recursive)));

    /// <summary>Makes a mutex within a block.</summary>
    /// <param name="block">A block with <see cref="ByteSize"/> bytes at the offset, which this object does not dispose.</param>
    /// <param name="byteOffset">Where it begins: a multiple of 64.</param>
    /// <param name="recursive">Whether the thread that holds it may enter again.</param>
    /// <exception cref="ArgumentException">It does not lie within the block, or the offset is no multiple of 64.</exception>
    /// <exception cref="InvalidOperationException">There is a structure at that place already.</exception>
    /// <exception cref="NotSupportedException">The block is attached read-only.</exception>
    public static SharedMutex Create(SharedMemory block, long byteOffset, bool recursive = false) =>
        new(Placement.Create(block, byteOffset, Kind, ByteSize, start => Build(start, recursive)));

    /// <summary>Attaches to a mutex by the name of its block.</summary>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="InvalidDataException">It is something else, or not finished.</exception>
    public static SharedMutex Attach(string name) => new(Placement.Attach(name, Kind, ByteSize));

    /// <summary>Attaches to a mutex within a block.</summary>
    /// <exception cref="InvalidDataException">There is something else at that place, or nothing.</exception>
    /// <inheritdoc cref="Create(SharedMemory, long, bool)"/>
    public static SharedMutex Attach(SharedMemory block, long byteOffset) => new(Placement.Attach(block, byteOffset, Kind, ByteSize));

    /// <summary>Enters, waiting for as long as it takes.</summary>
    /// <returns>A scope whose disposal leaves, on the same thread.</returns>
    /// <exception cref="LockRecursionException">The calling thread holds it already, and it is not recursive.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled while it waited; it is not held.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public Scope Enter(CancellationToken cancellation = default)
    {
        TryEnter(Deadline.Never, cancellation);
        return new Scope(this);
    }

    /// <summary>Enters if that can be done at once; leave with <see cref="Exit"/>.</summary>
    /// <inheritdoc cref="TryEnter(TimeSpan, CancellationToken)"/>
    public bool TryEnter() => TryEnter(Deadline.Now, default);

    /// <summary>Enters within a time; leave with <see cref="Exit"/>.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait, within 20 ms.</param>
    /// <returns>False if the time ran out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <inheritdoc cref="Enter"/>
    public bool TryEnter(TimeSpan timeout, CancellationToken cancellation = default) => TryEnter(Deadline.After(timeout), cancellation);

    /// <summary>Leaves. Who waits is woken.</summary>
    /// <exception cref="SynchronizationLockException">The calling thread has not entered it through this object; nothing is changed.</exception>
    public void Exit()
    {
        if (_thread != Environment.CurrentManagedThreadId)
        {
            throw NotHeld();
        }

        if (--_depth == 0)
        {
            _thread = 0;
        }

        bool held = MutexBackend.Current.Exit(Placement.Start + MutexOffset);
        Placement.Release();
        if (!held)
        {
            // A thread that has the number of one that ended in the mutex. (The memory of that entry stays mapped, so nothing was touched that is not there.)
            throw NotHeld();
        }
    }

    internal bool TryEnter(Deadline deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Placement.Hold();
        MutexEntry entry = MutexBackend.Current.TryEnter(Placement.Start + MutexOffset);
        if (entry == MutexEntry.Entered && _thread == 0)
        {
            _thread = Environment.CurrentManagedThreadId;
            _depth = 1;
            Abandoned = false;
            return true;
        }

        return FinishEntry(entry, deadline, cancellation);
    }

    /// <summary>All but the common case, which is free and entered for the first time.</summary>
    private bool FinishEntry(MutexEntry entry, Deadline deadline, CancellationToken cancellation)
    {
        bool entered = false;
        try
        {
            entry = entry == MutexEntry.Busy ? MutexWait.Wait(Placement.Start + MutexOffset, deadline, cancellation) : entry;
            entered = entry is MutexEntry.Entered or MutexEntry.Abandoned;
        }
        finally
        {
            if (!entered)
            {
                Placement.Release();
            }
        }

        if (entry == MutexEntry.Held)
        {
            throw new LockRecursionException($"This thread holds the mutex '{Name}' already, and it is not recursive.");
        }

        if (entry == MutexEntry.Entered && IsRecursive && IsHeldByCurrentThread)
        {
            _depth++;
        }
        else if (entered)
        {
            _thread = Environment.CurrentManagedThreadId;
            _depth = 1;
            Abandoned = entry == MutexEntry.Abandoned;
        }

        return entered;
    }

    /// <summary>The system's number of the thread that holds the mutex of that name at this moment, which nobody notices; 0 if none does, or where it is not told.</summary>
    internal static int HolderOf(string name)
    {
        Mapping mapping = BlockBackend.Current.Attach(BlockName.Parse(name), readOnly: true, default);
        try
        {
            return mapping.Size >= ByteSize ? MutexBackend.Current.HolderOf((byte*)mapping.Address + MutexOffset) : 0;
        }
        finally
        {
            mapping.ReleaseUser();
        }
    }

    /// <summary>Leaves as often as the thread has entered; the result goes to <see cref="Reenter"/>.</summary>
    internal int ExitAll()
    {
        int depth = _depth;
        for (int i = 0; i < depth; i++)
        {
            Exit();
        }

        return depth;
    }

    internal void Reenter(int depth)
    {
        for (int i = 0; i < depth; i++)
        {
            TryEnter(Deadline.Never, default);
        }
    }

    /// <summary>Makes a mutex, header included, as a part of a larger structure.</summary>
    internal static void BuildWhole(byte* start, bool recursive)
    {
        Build(start, recursive);
        Kind.Publish(start, ByteSize);
    }

    internal static ulong KeyOf(byte* start) => *(ulong*)(start + KeyOffset);

    private static void Build(byte* start, bool recursive)
    {
        *(uint*)(start + 32) = recursive ? 1u : 0;
        BlockBackend.Current.FillRandom(new Span<byte>(start + KeyOffset, sizeof(ulong)));
        MutexBackend.Current.Initialize(start + MutexOffset, recursive);
    }

    private SynchronizationLockException NotHeld() => new($"This thread does not hold the mutex '{Name}'.");

    /// <summary>That the mutex is held. It cannot be kept across an <c>await</c>, as the mutex belongs to its thread.</summary>
    public readonly ref struct Scope
    {
        private readonly SharedMutex? _mutex;

        internal Scope(SharedMutex mutex)
        {
            _mutex = mutex;
            Abandoned = mutex.Abandoned;
        }

        /// <summary>Whether who held it before died in it: what it protects may be half changed.</summary>
        public bool Abandoned { get; }

        /// <summary>Leaves the mutex.</summary>
        public void Dispose() => _mutex?.Exit();
    }
}
