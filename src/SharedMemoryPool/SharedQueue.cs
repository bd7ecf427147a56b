using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <summary>
/// A queue of anything that can be written as JSON, between threads of any processes, first in, first out: Python's <c>multiprocessing.Queue</c> and, with
/// <see cref="SharedQueueOptions.Joinable"/>, <c>JoinableQueue</c>.
/// </summary>
/// <typeparam name="T">
/// What an item is. <c>byte[]</c> is written as it is, all else as JSON: give a <see cref="JsonTypeInfo{T}"/> where reflection is off. Who attaches must read what who made it writes.
/// </typeparam>
/// <remarks>
/// <para>Layout (kind <c>queue</c>, version 1): a <see cref="SharedRing"/> for many producers and consumers, with the words of the queue (<c>QueueWords</c>) behind its records.</para>
/// <para>What a SIGKILL leaves, at any line: of a producer, its item whole or not at all. Of a consumer, the item that it is getting in the queue, or gone with it; in a joinable queue, every item that
/// it had got and not finished comes again, to another consumer, so that none is lost and <see cref="Join(CancellationToken)"/> waits for it. An item may therefore be worked on twice: what comes of it is to
/// be put down in a place of its own (by a number of its own, say), not added up.</para>
/// <para>An item that is taken and not finished keeps its room, and that of all behind it: a joinable queue is full when the oldest unfinished item and the newest are <see cref="SharedQueueOptions.Capacity"/> apart.</para>
/// <para>Any threads may share a handle (what <c>Create</c> or <c>Attach</c> returned); not in the same moment as <see cref="Dispose"/>. A process that is stopped is alive, however long.</para>
/// </remarks>
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "It is a queue, and Python's word for it.")]
[SuppressMessage("Design", "CA1000:Do not declare static members on generic types", Justification = "Create and Attach look alike on all containers.")]
public sealed unsafe partial class SharedQueue<T> : ISharedStructure
{
    private const string Kind = "queue";

    private readonly SharedRing _ring;
    private readonly SharedMutex _puts;
    private readonly QueueWords* _words;
    private readonly QueueFormat<T> _format;
    private readonly Action _check;
    private readonly List<Held> _tasks = [];

    private SharedQueue(SharedRing ring, SharedMutex puts, QueueFormat<T> format)
    {
        _ring = ring;
        _puts = puts;
        _format = format;
        _words = (QueueWords*)ring.BehindRecords;
        _check = ring.Control.CheckForDead;
        MaxSize = _words->MaxSize;
        IsJoinable = _words->Joinable != 0;
    }

    string ISharedStructure.Kind => Kind;

    /// <summary>The name by which another process attaches.</summary>
    public string Name => _ring.Name;

    /// <summary>The block that the queue is in.</summary>
    public SharedMemory Block => _ring.Block;

    /// <summary>How many items may wait to be taken; 0 for as many as there is room for. Items of dead consumers, which wait again, may make it more.</summary>
    public int MaxSize { get; }

    /// <summary>Whether an item stays unfinished until <see cref="TaskDone"/>.</summary>
    public bool IsJoinable { get; }

    /// <summary>The longest item, in bytes as it is written.</summary>
    public int MaxItemSize => _ring.MaxMessageSize;

    /// <summary>How many items wait to be taken at this moment. Walks over all; while others put and take, it may be off by what they do.</summary>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public int Count
    {
        get
        {
            Counted(out int waiting, out _);
            return waiting;
        }
    }

    /// <summary>How many items are not finished at this moment: those that wait, and, of a joinable queue, those that were got and not done. See <see cref="Count"/>.</summary>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public int UnfinishedCount
    {
        get
        {
            Counted(out int waiting, out int taken);
            return waiting + taken;
        }
    }

    /// <summary>Whether no item waits at this moment.</summary>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public bool IsEmpty => Count == 0;

    /// <summary>Whether as many items wait at this moment as may (<see cref="MaxSize"/>). One without that bound says no; whether there is room depends on the item.</summary>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public bool IsFull => MaxSize > 0 && Count >= MaxSize;

    /// <summary>Whether <see cref="Complete"/> was called.</summary>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public bool IsCompleted
    {
        get
        {
            _ring.Block.ThrowIfDisposed();
            return Volatile.Read(ref _words->Completed) != 0;
        }
    }

    /// <summary>How many items were delivered again so far, as the consumer that had them died or left.</summary>
    /// <exception cref="ObjectDisposedException">The queue is disposed.</exception>
    public long RedeliveredCount => _ring.RedeliveredCount;

    /// <summary>Makes a new queue in a block of its own.</summary>
    /// <param name="name">The name of the block; null for a random one.</param>
    /// <param name="options">Its size, and whether it is joinable.</param>
    /// <param name="type">How items are written as JSON; null for what reflection says, or for <c>byte[]</c>, which is written as it is.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is no power of two, less than 256, or more than 2^30; or the most items are negative.</exception>
    /// <exception cref="NotSupportedException">No type was given, and there is no reflection, or <typeparamref name="T"/> cannot be written as JSON.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    /// <exception cref="SharedMemoryFullException">There is no room for it.</exception>
    /// <remarks>A creation that fails leaves no block.</remarks>
    public static SharedQueue<T> Create(string? name = null, SharedQueueOptions? options = null, JsonTypeInfo<T>? type = null)
    {
        options ??= SharedQueueOptions.Default;
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxSize, nameof(options));
        QueueFormat<T> format = QueueFormat<T>.Of(type);
        SharedRing ring = SharedRing.Create(Kind, options.Capacity, QueueWords.ByteSize, name, options.Block);
        try
        {
            var words = (QueueWords*)ring.BehindRecords;
            words->Format = format.Code;
            words->Joinable = options.Joinable ? 1 : 0;
            words->MaxSize = options.MaxSize;
            SharedMutex.BuildWhole((byte*)words + QueueWords.MutexOffset, recursive: false);
            return new SharedQueue<T>(ring, Puts(ring), format);
        }
        catch
        {
            ring.Dispose();
            SharedMemory.TryUnlink(ring.Name);
            throw;
        }
    }

    /// <inheritdoc cref="Create(string?, SharedQueueOptions?, JsonTypeInfo{T}?)"/>
    /// <param name="name">The name of the block; null for a random one.</param>
    /// <param name="options">Its size, and whether it is joinable.</param>
    /// <param name="json">How items are written as JSON.</param>
    public static SharedQueue<T> Create(string? name, SharedQueueOptions? options, JsonSerializerOptions json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Create(name, options, (JsonTypeInfo<T>)json.GetTypeInfo(typeof(T)));
    }

    /// <summary>Attaches to a queue that exists.</summary>
    /// <param name="name">The name of its block.</param>
    /// <param name="type">How items are written as JSON; as who made it said.</param>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="InvalidDataException">It is no queue, not finished, or one whose items are written in another way.</exception>
    /// <exception cref="InvalidOperationException">255 handles are open to it already.</exception>
    /// <exception cref="NotSupportedException">No type was given, and there is no reflection, or <typeparamref name="T"/> cannot be written as JSON.</exception>
    public static SharedQueue<T> Attach(string name, JsonTypeInfo<T>? type = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        QueueFormat<T> format = QueueFormat<T>.Of(type);
        SharedRing ring = SharedRing.Attach(Kind, name, QueueWords.ByteSize);
        try
        {
            // Waits for a maker that has not come to the mutex yet, which is the last thing it makes.
            SharedMutex puts = Puts(ring);
            var words = (QueueWords*)ring.BehindRecords;
            if (words->Format != format.Code)
            {
                puts.Dispose();
                throw new InvalidDataException($"The items of the queue '{name}' are written in format {words->Format}; those of {typeof(T)} are in {format.Code} (1: JSON, 2: bytes as they are).");
            }

            return new SharedQueue<T>(ring, puts, format);
        }
        catch
        {
            ring.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="Attach(string, JsonTypeInfo{T}?)"/>
    /// <param name="name">The name of its block.</param>
    /// <param name="json">How items are written as JSON; as who made it said.</param>
    public static SharedQueue<T> Attach(string name, JsonSerializerOptions json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Attach(name, (JsonTypeInfo<T>)json.GetTypeInfo(typeof(T)));
    }

    /// <inheritdoc cref="SharedMemory.Unlink"/>
    public void Unlink() => _ring.Unlink();

    /// <summary>Closes this process's mapping. What this handle had got and not finished is given back, for others. The queue stays until somebody unlinks it.</summary>
    public void Dispose()
    {
        lock (_tasks)
        {
            _tasks.Clear();
        }

        _puts.Dispose();
        _ring.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => $"SharedQueue<{typeof(T).Name}>('{Name}'{(MaxSize > 0 ? $", maxsize={MaxSize}" : "")}{(IsJoinable ? ", joinable" : "")})";

    private static SharedMutex Puts(SharedRing ring) =>
        SharedMutex.Attach(ring.Block, RingHeader.ByteSize + ring.Capacity + QueueWords.MutexOffset);

    private void Counted(out int waiting, out int taken)
    {
        while (!_ring.TryCount(out waiting, out taken))
        {
            Thread.Yield();
        }
    }
}
