namespace Multiprocessing;

/// <summary>
/// A flag that threads of any processes wait for. Manual reset, it stays set and lets everybody through (Python's <c>multiprocessing.Event</c>); auto reset, each
/// time it is set lets one through.
/// </summary>
/// <remarks>
/// <para>Layout (kind <c>event</c>, version 1, 64 bytes):
/// <code>
///  offset  size  field
///       0    32  header    of all our structures
///      32     4  set       0 or 1
///      36     4  auto      0: manual reset, 1: auto reset
///      40     8  wake      sequence and sleepers (WakeWord)
///      48    16  reserved
/// </code></para>
/// <para>Death at any line: <c>set</c> changes in one store or one compare-and-swap. Who dies between that and the wake-up leaves sleepers that look by
/// themselves within 100 ms; who is woken by an auto-reset event and dies before it is through has not reset it, and the next sleeper finds that likewise.</para>
/// </remarks>
public sealed unsafe class SharedEvent : SharedPrimitive, ISharedStructure
{
    /// <summary>The room in bytes that an event takes within a block.</summary>
    public const int ByteSize = 64;


    private static readonly StructureKind Kind = new("event", Version: 1, HasMutex: false);

    private SharedEvent(Placement placement)
        : base(placement) => AutoReset = *(uint*)(placement.Start + 36) != 0;

    string ISharedStructure.Kind => Kind.Name;

    /// <summary>Whether it is reset by the one that it lets through.</summary>
    public bool AutoReset { get; }

    /// <summary>Whether it is set at this moment.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public bool IsSet
    {
        get
        {
            Placement.Hold();
            bool set = Volatile.Read(ref *State) != 0;
            Placement.Release();
            return set;
        }
    }

    private uint* State => (uint*)(Placement.Start + 32);

    private WakeWord* Wake => (WakeWord*)(Placement.Start + 40);

    /// <summary>Makes an event in a block of its own.</summary>
    /// <param name="name">The name of the block; null for a random one.</param>
    /// <param name="initiallySet">Whether it is set from the start.</param>
    /// <param name="autoReset">Whether it lets through one at a time.</param>
    /// <param name="options">How the block is created.</param>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    public static SharedEvent Create(string? name = null, bool initiallySet = false, bool autoReset = false, SharedMemoryOptions? options = null) =>
        new(Placement.Create(name, options, Kind, ByteSize, start => Build(start, initiallySet, autoReset)));

    /// <summary>Makes an event within a block.</summary>
    /// <param name="block">A block with <see cref="ByteSize"/> bytes at the offset, which this object does not dispose.</param>
    /// <param name="byteOffset">Where it begins: a multiple of 64.</param>
    /// <param name="initiallySet">Whether it is set from the start.</param>
    /// <param name="autoReset">Whether it lets through one at a time.</param>
    /// <exception cref="ArgumentException">It does not lie within the block, or the offset is no multiple of 64.</exception>
    /// <exception cref="InvalidOperationException">There is a structure at that place already.</exception>
    /// <exception cref="NotSupportedException">The block is attached read-only.</exception>
    public static SharedEvent Create(SharedMemory block, long byteOffset, bool initiallySet = false, bool autoReset = false) =>
        new(Placement.Create(block, byteOffset, Kind, ByteSize, start => Build(start, initiallySet, autoReset)));

    /// <summary>Attaches to an event by the name of its block.</summary>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="InvalidDataException">It is something else, or not finished.</exception>
    public static SharedEvent Attach(string name) => new(Placement.Attach(name, Kind, ByteSize));

    /// <summary>Attaches to an event within a block.</summary>
    /// <exception cref="InvalidDataException">There is something else at that place, or nothing.</exception>
    /// <inheritdoc cref="Create(SharedMemory, long, bool, bool)"/>
    public static SharedEvent Attach(SharedMemory block, long byteOffset) => new(Placement.Attach(block, byteOffset, Kind, ByteSize));

    /// <summary>Sets it: lets everybody through until it is reset, or, with auto reset, one. An event that is set stays as it is.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void Set()
    {
        Placement.Hold();
        if (Interlocked.Exchange(ref *State, 1) == 0)
        {
            WakeWord.Signal(Wake, AutoReset ? 1 : int.MaxValue);
        }

        Placement.Release();
    }

    /// <summary>Lets nobody through any more.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void Reset()
    {
        Placement.Hold();
        Volatile.Write(ref *State, 0);
        Placement.Release();
    }

    /// <summary>Waits until it is set, for as long as it takes.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void Wait(CancellationToken cancellation = default) => Wait(Deadline.Never, cancellation);

    /// <summary>Waits until it is set.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False if the time ran out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <inheritdoc cref="Wait(CancellationToken)"/>
    public bool Wait(TimeSpan timeout, CancellationToken cancellation = default) => Wait(Deadline.After(timeout), cancellation);

    private bool Wait(Deadline deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Placement.Hold();
        try
        {
            while (true)
            {
                uint seen = Wake->Sequence;
                if (TryPass())
                {
                    return true;
                }

                if (!WakeWord.Sleep(Wake, seen, deadline, cancellation))
                {
                    return TryPass();
                }
            }
        }
        finally
        {
            Placement.Release();
        }
    }

    private bool TryPass() =>
        AutoReset ? Volatile.Read(ref *State) != 0 && Interlocked.CompareExchange(ref *State, 0, 1) == 1 : Volatile.Read(ref *State) != 0;

    private static void Build(byte* start, bool initiallySet, bool autoReset)
    {
        *(uint*)(start + 32) = initiallySet ? 1u : 0;
        *(uint*)(start + 36) = autoReset ? 1u : 0;
    }
}
