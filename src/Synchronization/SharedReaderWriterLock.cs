using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A lock for threads of any processes that read together or write alone, and that the death of a reader or of a writer never blocks. A writer that waits comes
/// before readers that come after it.
/// </summary>
/// <remarks>
/// <para>Layout (kind <c>rwlock</c>, version 1, 128 bytes and 64 a stripe):
/// <code>
///  offset  size  field
///       0    32  header     of all our structures
///      32     4  stripes    how many threads can read at once
///      36     4  recursive  0 or 1
///      40     8  key        random, names this lock whatever mapping it is reached by
///      48     4  writer     0: none, 1: one waits for the readers to leave, 2: one writes
///      52     4  torn       1: a writer died while it wrote, and no other has written since
///      56     8  reserved
///      64    64  gate       a robust mutex: who holds it may write, once it has all stripes too
///     128  64*n  stripes    a robust mutex each: who holds one may read
/// </code></para>
/// <para>A reader takes any one stripe. A writer takes the gate, says so in <c>writer</c>, and takes all stripes, waiting for each reader in turn; readers who come
/// meanwhile see <c>writer</c> and queue at the gate. The stripes alone are what keeps readers and writers apart; <c>writer</c> only says who is next.</para>
/// <para>Death at any line: every right to read or write is a robust mutex, which the kernel takes from the dead. A reader's death changes nothing else. A
/// writer's leaves the gate abandoned; the next one at the gate finds <c>writer</c> at 2 if the data may be torn, notes that in <c>torn</c>, and sets it to 0.
/// A reader that comes upon the abandoned stripe of a dead writer goes by the gate too.</para>
/// </remarks>
public sealed unsafe partial class SharedReaderWriterLock : SharedPrimitive, ISharedStructure
{
    /// <summary>How many threads can read at once unless said otherwise.</summary>
    public const int DefaultReaders = 32;

    /// <summary>The most threads that can read at once: a thread that writes holds so many robust mutexes, and the kernel looks after 2048 of a dead one.</summary>
    public const int MostReaders = 1024;

    private const int GateOffset = 64;
    private const int StripesOffset = 128;

    private const uint NoWriter = 0;
    private const uint WriterWaits = 1;
    private const uint WriterWrites = 2;

    private static readonly StructureKind Kind = new("rwlock", Version: 1, HasMutex: true);

    private readonly int _stripes;
    private readonly ulong _key;

    private SharedReaderWriterLock(Placement placement)
        : base(placement)
    {
        _stripes = *(int*)(placement.Start + 32);
        IsRecursive = *(uint*)(placement.Start + 36) != 0;
        _key = *(ulong*)(placement.Start + 40);
        if (_stripes is < 1 or > MostReaders || GetByteSize(_stripes) > placement.Block.Size - placement.Offset)
        {
            throw new InvalidDataException($"The lock '{Name}' says that {_stripes} can read at once: that cannot be.");
        }
    }

    string ISharedStructure.Kind => Kind.Name;

    /// <summary>Whether a thread that reads may enter to read again, and one that writes to read and write again; it leaves as often.</summary>
    public bool IsRecursive { get; }

    /// <summary>How many threads can read at once; more wait.</summary>
    public int Readers => _stripes;

    /// <summary>Whether the calling thread has entered to read, within its own writing or not.</summary>
    public bool IsReadHeldByCurrentThread => !Unsafe.IsNullRef(ref ThreadHolds.Find(_key)) && ThreadHolds.Find(_key).Reads > 0;

    /// <summary>Whether the calling thread has entered to write.</summary>
    public bool IsWriteHeldByCurrentThread => !Unsafe.IsNullRef(ref ThreadHolds.Find(_key)) && ThreadHolds.Find(_key).Writes > 0;

    private ref uint Writer => ref *(uint*)(Placement.Start + 48);

    private ref uint Torn => ref *(uint*)(Placement.Start + 52);

    private byte* Gate => Placement.Start + GateOffset;

    /// <summary>The room in bytes that a lock takes within a block.</summary>
    public static int GetByteSize(int readers = DefaultReaders)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(readers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(readers, MostReaders);
        return StripesOffset + (readers * IMutexBackend.ByteSize);
    }

    /// <summary>Makes a lock in a block of its own.</summary>
    /// <param name="name">The name of the block; null for a random one.</param>
    /// <param name="recursive">Whether the thread that holds it may enter again.</param>
    /// <param name="readers">How many threads can read at once: 1 to <see cref="MostReaders"/>. To enter to write takes time in proportion.</param>
    /// <param name="options">How the block is created.</param>
    /// <exception cref="ArgumentException">The name cannot be one, or the number of readers is out of range.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    public static SharedReaderWriterLock Create(
        string? name = null, bool recursive = false, int readers = DefaultReaders, SharedMemoryOptions? options = null)
    {
        int size = GetByteSize(readers);
        return new(Placement.Create(name, options, Kind, size, start => Build(start, recursive, readers)));
    }

    /// <summary>Makes a lock within a block.</summary>
    /// <param name="block">A block with room (<see cref="GetByteSize"/>) at the offset, which this object does not dispose.</param>
    /// <param name="byteOffset">Where it begins: a multiple of 64.</param>
    /// <param name="recursive">Whether the thread that holds it may enter again.</param>
    /// <param name="readers">How many threads can read at once.</param>
    /// <exception cref="ArgumentException">It does not lie within the block, the offset is no multiple of 64, or the number of readers is out of range.</exception>
    /// <exception cref="InvalidOperationException">There is a structure at that place already.</exception>
    /// <exception cref="NotSupportedException">The block is attached read-only.</exception>
    public static SharedReaderWriterLock Create(SharedMemory block, long byteOffset, bool recursive = false, int readers = DefaultReaders)
    {
        int size = GetByteSize(readers);
        return new(Placement.Create(block, byteOffset, Kind, size, start => Build(start, recursive, readers)));
    }

    /// <summary>Attaches to a lock by the name of its block.</summary>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="InvalidDataException">It is something else, or not finished.</exception>
    public static SharedReaderWriterLock Attach(string name) =>
        Placement.Attach(name, Kind, StripesOffset).Into(static placement => new SharedReaderWriterLock(placement));

    /// <summary>Attaches to a lock within a block.</summary>
    /// <exception cref="InvalidDataException">There is something else at that place, or nothing.</exception>
    /// <inheritdoc cref="Create(SharedMemory, long, bool, int)"/>
    public static SharedReaderWriterLock Attach(SharedMemory block, long byteOffset) =>
        Placement.Attach(block, byteOffset, Kind, StripesOffset).Into(static placement => new SharedReaderWriterLock(placement));

    private byte* Stripe(int index) => Placement.Start + StripesOffset + (index * IMutexBackend.ByteSize);

    /// <summary>Passes the gate, and mends what a dead writer left there.</summary>
    private bool EnterGate(Deadline deadline, CancellationToken cancellation)
    {
        MutexEntry entry = MutexWait.Enter(Gate, deadline, cancellation);
        if (entry == MutexEntry.Abandoned)
        {
            // First what must not be lost, so that a death between the two leaves it to be done again.
            Torn |= Writer == WriterWrites ? 1u : 0;
            Volatile.Write(ref Writer, NoWriter);
        }

        return entry != MutexEntry.Busy;
    }

    private ref ThreadHolds.Hold Held(bool write)
    {
        ref ThreadHolds.Hold hold = ref ThreadHolds.Find(_key);
        if (Unsafe.IsNullRef(ref hold) || !ReferenceEquals(hold.Through, this) || (write ? hold.Writes : hold.Reads) == 0)
        {
            throw new SynchronizationLockException($"This thread does not hold the lock '{Name}' to {(write ? "write" : "read")}.");
        }

        return ref hold;
    }

    private LockRecursionException Reentry() => new($"This thread holds the lock '{Name}' already, and it is not recursive.");

    private static void Build(byte* start, bool recursive, int readers)
    {
        *(int*)(start + 32) = readers;
        *(uint*)(start + 36) = recursive ? 1u : 0;
        BlockBackend.Current.FillRandom(new Span<byte>(start + 40, sizeof(ulong)));
        MutexBackend.Current.Initialize(start + GateOffset, recursive: false);
        for (int i = 0; i < readers; i++)
        {
            MutexBackend.Current.Initialize(start + StripesOffset + (i * IMutexBackend.ByteSize), recursive: false);
        }
    }
}
