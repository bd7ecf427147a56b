using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <content>The containers, each by its own <c>Create</c>.</content>
public abstract partial class SharedMemorySource
{
    /// <summary>Makes a list of these items, which stock Python attaches to as <c>ShareableList(name=…)</c>.</summary>
    /// <exception cref="ArgumentException">An item is of a type, or a size, that a list cannot hold.</exception>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public ShareableList CreateList(params IEnumerable<object?> items) => Make((name, options) => ShareableList.Create(items, name, options));

    /// <summary>Makes an array of zeros. (Python's <c>Array</c> is this one, and a <see cref="CreateMutex"/> for those who need its lock.)</summary>
    /// <typeparam name="T">What the elements are.</typeparam>
    /// <param name="shape">How many elements in each dimension; none for a single element.</param>
    /// <exception cref="ArgumentException">A dimension is negative, or there are too many, or all is larger than memory.</exception>
    /// <exception cref="NotSupportedException">numpy has nothing like <typeparamref name="T"/>.</exception>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedArray<T> CreateArray<T>(params ReadOnlySpan<nint> shape)
        where T : unmanaged
    {
        nint[] dimensions = shape.ToArray();
        return Make((name, options) => SharedArray<T>.Create(name, dimensions, options));
    }

    /// <summary>Makes an array of zeros whose element type is known only when the program runs.</summary>
    /// <param name="elementType">What the elements are.</param>
    /// <param name="shape">How many elements in each dimension; none for a single element.</param>
    /// <inheritdoc cref="CreateArray{T}" path="/exception"/>
    public SharedArray CreateArray(SharedArrayType elementType, params ReadOnlySpan<nint> shape)
    {
        nint[] dimensions = shape.ToArray();
        return Make((name, options) => SharedArray.Create(name, dimensions, elementType, options));
    }

    /// <summary>Makes an area of so many bytes, all zero.</summary>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedArea CreateArea(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return CreateArea(new SharedAreaOptions { Size = size });
    }

    /// <summary>Makes an area as the options say: in a block, or over memory of the caller's, of which the block then has the control words.</summary>
    /// <param name="options">Without a name, which the manager gives, and without a file, which is not a manager's to unlink.</param>
    /// <exception cref="ArgumentException">It has a name, a file or a descriptor; or what <see cref="SharedArea.Create(SharedAreaOptions)"/> refuses.</exception>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedArea CreateArea(SharedAreaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Name is not null)
        {
            throw new ArgumentException($"The manager names what it hands out: '{options.Name}' cannot be the name.", nameof(options));
        }

        if (options.File is not null || options.FileDescriptor is not null)
        {
            throw new ArgumentException("An area over a file is not a manager's to unlink: make it with SharedArea.Create.", nameof(options));
        }

        RequireNamed(options.Block, nameof(options));
        return Make((name, blocks) => SharedArea.Create(options with { Name = name, Block = options.Block ?? blocks }));
    }

    /// <summary>Makes a table of slots. A file that it is kept in (<see cref="SlotMemoryOptions.Persist"/>) stays when the manager unlinks the table: that is what it is for.</summary>
    /// <param name="slotSize">How many bytes a slot has, at least 1.</param>
    /// <param name="slotCount">How many slots there are, at least 1.</param>
    /// <param name="options">How the table behaves.</param>
    /// <exception cref="ArgumentException">The options have a block that is not named; or what <see cref="SlotMemory.Create"/> refuses.</exception>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SlotMemory CreateSlots(int slotSize, int slotCount, SlotMemoryOptions? options = null)
    {
        RequireNamed(options?.Block, nameof(options));
        return Make((name, blocks) => SlotMemory.Create(name, slotSize, slotCount, In(options, blocks)));
    }

    /// <summary>Makes a table of slots that hold one <typeparamref name="T"/> each.</summary>
    /// <inheritdoc cref="CreateSlots(int, int, SlotMemoryOptions?)"/>
    public SlotMemory<T> CreateSlots<T>(int slotCount, SlotMemoryOptions? options = null)
        where T : unmanaged
    {
        RequireNamed(options?.Block, nameof(options));
        return Make((name, blocks) => SlotMemory<T>.Create(name, slotCount, In(options, blocks)));
    }

    /// <summary>Makes a pool of blocks of one size.</summary>
    /// <param name="blockCount">How many blocks.</param>
    /// <param name="blockSize">Their size in bytes.</param>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedMemoryPool CreatePool(int blockCount, int blockSize) =>
        Make((name, blocks) => SharedMemoryPool.Create(blockCount, blockSize, name, blocks));

    /// <summary>Makes a ring of values.</summary>
    /// <typeparam name="T">What it holds.</typeparam>
    /// <param name="capacity">How many values it holds: a power of two, at least 2.</param>
    /// <param name="options">How many may write and read, and what becomes of what a dead consumer had taken.</param>
    /// <exception cref="ArgumentException">The options have a block that is not named; or what <see cref="SharedRing{T}.Create"/> refuses.</exception>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedRing<T> CreateRing<T>(long capacity, RingOptions? options = null)
        where T : unmanaged
    {
        RequireNamed(options?.Block, nameof(options));
        return Make((name, blocks) => SharedRing<T>.Create(capacity, name, In(options, blocks)));
    }

    /// <summary>Makes a ring of messages of any size.</summary>
    /// <param name="capacity">Its bytes: a power of two, at least 256.</param>
    /// <param name="options">How many may write and read, and what becomes of what a dead consumer had taken.</param>
    /// <inheritdoc cref="CreateRing{T}" path="/exception"/>
    public SharedRing CreateRing(long capacity, RingOptions? options = null)
    {
        RequireNamed(options?.Block, nameof(options));
        return Make((name, blocks) => SharedRing.Create(capacity, name, In(options, blocks)));
    }

    /// <summary>Makes a queue (Python's <c>Queue</c> and, if the options say so, <c>JoinableQueue</c>).</summary>
    /// <typeparam name="T">What an item is.</typeparam>
    /// <param name="options">Its size, and whether it is joinable.</param>
    /// <param name="type">How items are written as JSON; null for what reflection says, or for <c>byte[]</c>, which is written as it is.</param>
    /// <exception cref="NotSupportedException">No type was given, and there is no reflection, or <typeparamref name="T"/> cannot be written as JSON.</exception>
    /// <inheritdoc cref="CreateRing{T}" path="/exception"/>
    public SharedQueue<T> CreateQueue<T>(SharedQueueOptions? options = null, JsonTypeInfo<T>? type = null)
    {
        RequireNamed(options?.Block, nameof(options));
        options ??= new();
        return Make((name, blocks) => SharedQueue<T>.Create(name, options with { Block = options.Block ?? blocks }, type));
    }

    private static SlotMemoryOptions In(SlotMemoryOptions? options, SharedMemoryOptions blocks) =>
        options is null ? new() { Block = blocks } : options with { Block = options.Block ?? blocks };

    private static RingOptions In(RingOptions? options, SharedMemoryOptions blocks) => new()
    {
        Mode = options?.Mode ?? RingMode.Mpmc,
        OnConsumerDeath = options?.OnConsumerDeath ?? TakenMessages.Redeliver,
        Block = options?.Block ?? blocks,
    };
}
