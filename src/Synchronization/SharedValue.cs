using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// One value that threads of any processes read and write as a whole, whatever its size, with a lock for what takes more than one step. Python's <c>multiprocessing.Value</c>.
/// </summary>
/// <typeparam name="T">What it is: any type without references, the same in all processes.</typeparam>
/// <remarks>
/// <para>Layout (kind <c>value</c>, version 1, 192 bytes and the value twice, each rounded up to 64):
/// <code>
///  offset  size  field
///       0    32  header     of all our structures
///      32     4  size       of the value in bytes
///      36     4  abandoned  1: a holder of the lock died, and nobody was told yet who entered the lock by itself
///      40     8  version    how often the value was set: it is the first copy when that is even, the second when it is odd
///      48    16  reserved
///      64   128  mutex      recursive, as Python's
///     192   2*n  copies
/// </code></para>
/// <para>It is set within the mutex: 1 the copy that is not the value → 2 <c>version</c> + 1. Death at any line: before 2 the value is the old one, whole, and after it the new one; the kernel
/// hands the mutex on.</para>
/// <para>Who reads without the mutex (<see cref="Peek"/>) reads the version, the copy, and the version again: the copy is not touched before the version has changed.</para>
/// </remarks>
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "Create and Attach look alike on all structures.")]
public sealed unsafe class SharedValue<T> : SharedPrimitive, ISharedStructure
    where T : unmanaged
{
    private const int MutexOffset = 64;
    private const int CopiesOffset = MutexOffset + SharedMutex.ByteSize;

    private static readonly StructureKind Kind = new("value", Version: 1, HasMutex: true);

    private SharedValue(Placement placement)
        : base(placement)
    {
        int size = *(int*)(placement.Start + 32);
        if (size != sizeof(T))
        {
            throw new InvalidDataException($"The value '{Name}' has {size} bytes; a {typeof(T)} has {sizeof(T)}.");
        }

        if (ByteSize > placement.Block.Size - placement.Offset)
        {
            throw new InvalidDataException($"'{Name}' has {placement.Block.Size - placement.Offset} bytes from there on, too few for a value of {size}.");
        }

        Lock = SharedMutex.Attach(placement.Block, placement.Offset + MutexOffset);
    }

    string ISharedStructure.Kind => Kind.Name;

    /// <summary>The room in bytes that it takes within a block.</summary>
    public static int ByteSize => CopiesOffset + (2 * Stride);

    /// <summary>The lock that is entered to read and to set the value: recursive, and for a <see cref="SharedCondition"/> too.</summary>
    public SharedMutex Lock { get; }

    /// <summary>The value. To read it and to set it each waits for the <see cref="Lock"/>, as in Python; both in one step is <see cref="Update(Func{T, T})"/>.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public T Value
    {
        get
        {
            using SharedMutex.Scope scope = Enter();
            return *Copy(*Version);
        }

        set
        {
            using SharedMutex.Scope scope = Enter();
            Store(value);
        }
    }

    private static int Stride => (sizeof(T) + Placement.Alignment - 1) / Placement.Alignment * Placement.Alignment;

    private uint* AbandonedWord => (uint*)(Placement.Start + 36);

    private long* Version => (long*)(Placement.Start + 40);

    /// <summary>Makes a value in a block of its own.</summary>
    /// <param name="value">What it is at first.</param>
    /// <param name="name">The name of the block; null for a random one.</param>
    /// <param name="options">How the block is created.</param>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    public static SharedValue<T> Create(T value = default, string? name = null, SharedMemoryOptions? options = null) =>
        new(Placement.Create(name, options, Kind, ByteSize, start => Build(start, value)));

    /// <summary>Makes a value within a block.</summary>
    /// <param name="block">A block with <see cref="ByteSize"/> bytes at the offset, which this object does not dispose.</param>
    /// <param name="byteOffset">Where it begins: a multiple of 64.</param>
    /// <param name="value">What it is at first.</param>
    /// <exception cref="ArgumentException">It does not lie within the block, or the offset is no multiple of 64.</exception>
    /// <exception cref="InvalidOperationException">There is a structure at that place already.</exception>
    /// <exception cref="NotSupportedException">The block is attached read-only.</exception>
    public static SharedValue<T> Create(SharedMemory block, long byteOffset, T value = default) =>
        new(Placement.Create(block, byteOffset, Kind, ByteSize, start => Build(start, value)));

    /// <summary>Attaches to a value by the name of its block.</summary>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="InvalidDataException">It is something else, not finished, or of another size.</exception>
    public static SharedValue<T> Attach(string name) => Attach(Placement.Attach(name, Kind, CopiesOffset));

    /// <summary>Attaches to a value within a block.</summary>
    /// <exception cref="InvalidDataException">There is something else at that place, or nothing, or a value of another size.</exception>
    /// <inheritdoc cref="Create(SharedMemory, long, T)"/>
    public static SharedValue<T> Attach(SharedMemory block, long byteOffset) => Attach(Placement.Attach(block, byteOffset, Kind, CopiesOffset));

    /// <summary>The value that was set last, without waiting for anybody: also while the lock is held, in which case it may be one of several steps.</summary>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public T Peek()
    {
        Placement.Hold();
        try
        {
            while (true)
            {
                long version = Volatile.Read(ref *Version);
                T value = *Copy(version);
                Volatile.ReadBarrier();
                if (Volatile.Read(ref *Version) == version)
                {
                    return value;
                }
            }
        }
        finally
        {
            Placement.Release();
        }
    }

    /// <summary>Sets the value to what the function makes of it, in one step for all others.</summary>
    /// <param name="update">Called once, within the lock. If it throws, nothing has changed.</param>
    /// <returns>What it is now.</returns>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public T Update(Func<T, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return Update(update, static (value, update) => update(value));
    }

    /// <summary>Sets the value to what the function makes of it and of an argument, and so allocates nothing.</summary>
    /// <param name="argument">Passed on.</param>
    /// <param name="update">Called once, within the lock. If it throws, nothing has changed.</param>
    /// <returns>What it is now.</returns>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public T Update<TArgument>(TArgument argument, Func<T, TArgument, T> update)
    {
        ArgumentNullException.ThrowIfNull(update);
        using SharedMutex.Scope scope = Enter();
        T value = update(*Copy(*Version), argument);
        Store(value);
        return value;
    }

    /// <summary>Enters the lock, for steps that belong together.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A scope whose disposal leaves, on the same thread.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled while it waited; it is not held.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public Scope EnterLock(CancellationToken cancellation = default)
    {
        SharedMutex.Scope scope = Enter(cancellation);
        bool abandoned = *AbandonedWord != 0;
        *AbandonedWord = 0;
        return new Scope(scope, abandoned);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Lock.Dispose();
        base.Dispose(disposing);
    }

    private static SharedValue<T> Attach(Placement placement)
    {
        try
        {
            return new SharedValue<T>(placement);
        }
        catch
        {
            placement.Dispose();
            throw;
        }
    }

    private static void Build(byte* start, T value)
    {
        *(int*)(start + 32) = sizeof(T);
        Unsafe.WriteUnaligned(start + CopiesOffset, value);
        SharedMutex.BuildWhole(start + MutexOffset, recursive: true);
    }

    /// <summary>A death is said once, to the next one in: that is kept here for who enters for more than the value, which is whole in any case.</summary>
    private SharedMutex.Scope Enter(CancellationToken cancellation = default)
    {
        bool again = Lock.IsHeldByCurrentThread;
        SharedMutex.Scope scope = Lock.Enter(cancellation);
        if (scope.Abandoned && !again)
        {
            *AbandonedWord = 1;
        }

        return scope;
    }

    private void Store(T value)
    {
        // The version before was seen by nobody later than this copy is touched.
        Volatile.WriteBarrier();
        *Copy(*Version + 1) = value;
        Volatile.Write(ref *Version, *Version + 1);
    }

    private T* Copy(long version) => (T*)(Placement.Start + CopiesOffset + ((version & 1) * Stride));

    /// <summary>That the lock is held. It cannot be kept across an <c>await</c>, as the lock belongs to its thread.</summary>
    public readonly ref struct Scope
    {
        private readonly SharedMutex.Scope _scope;

        internal Scope(SharedMutex.Scope scope, bool abandoned)
        {
            _scope = scope;
            Abandoned = abandoned;
        }

        /// <summary>Whether somebody died in the lock since it was last entered by <see cref="EnterLock"/>: the value is whole, but may be one of several steps.</summary>
        public bool Abandoned { get; }

        /// <summary>Leaves the lock.</summary>
        public void Dispose() => _scope.Dispose();
    }
}
