namespace Multiprocessing;

/// <content>Locks and signals, each by its own <c>Create</c>.</content>
public abstract partial class SharedMemorySource
{
    /// <summary>
    /// Makes a mutex, which belongs to the thread that entered it and survives that thread's death (Python's <c>Lock</c> and, recursive, <c>RLock</c>). A lock that another thread or process
    /// may release is a <see cref="CreateSemaphore"/> or <see cref="CreateCountingSemaphore"/> of one permit.
    /// </summary>
    /// <param name="recursive">Whether the thread that holds it may enter again.</param>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedMutex CreateMutex(bool recursive = false) => Make((name, blocks) => SharedMutex.Create(name, recursive, blocks));

    /// <summary>Makes a lock for many readers or one writer.</summary>
    /// <param name="recursive">Whether a thread that holds it may enter again.</param>
    /// <param name="readers">How many readers get in without waiting for each other's last step.</param>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedReaderWriterLock CreateReaderWriterLock(bool recursive = false, int readers = SharedReaderWriterLock.DefaultReaders) =>
        Make((name, blocks) => SharedReaderWriterLock.Create(name, recursive, readers, blocks));

    /// <summary>Makes a semaphore whose permits belong to the process that took them, and come back when that dies (Python's <c>BoundedSemaphore</c>).</summary>
    /// <param name="permits">How many: 1 to <see cref="SharedSemaphore.MostOwnedPermits"/>.</param>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedSemaphore CreateSemaphore(int permits) => Make((name, blocks) => SharedSemaphore.Create(permits, name, blocks));

    /// <summary>Makes a semaphore that counts: anybody may give permits (Python's <c>Semaphore</c>).</summary>
    /// <param name="initialCount">How many permits are free at the start.</param>
    /// <param name="maximumCount">How many there can be.</param>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedSemaphore CreateCountingSemaphore(int initialCount, int maximumCount = int.MaxValue) =>
        Make((name, blocks) => SharedSemaphore.CreateCounting(initialCount, maximumCount, name, blocks));

    /// <summary>Makes a flag to wait for.</summary>
    /// <param name="initiallySet">Whether it is set from the start.</param>
    /// <param name="autoReset">Whether it lets through one at a time.</param>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedEvent CreateEvent(bool initiallySet = false, bool autoReset = false) =>
        Make((name, blocks) => SharedEvent.Create(name, initiallySet, autoReset, blocks));

    /// <summary>Makes a condition, with a mutex of its own in the same block.</summary>
    /// <param name="recursive">Whether its mutex is recursive.</param>
    /// <param name="capacity">How many threads can wait at once.</param>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedCondition CreateCondition(bool recursive = false, int capacity = SharedCondition.DefaultCapacity) =>
        Make((name, blocks) => SharedCondition.Create(name, recursive, capacity, blocks));

    /// <summary>Makes a condition for a mutex that exists, which lies in a block of its own and is released by itself.</summary>
    /// <param name="mutex">The mutex.</param>
    /// <param name="capacity">How many threads can wait at once.</param>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedCondition CreateCondition(SharedMutex mutex, int capacity = SharedCondition.DefaultCapacity)
    {
        ArgumentNullException.ThrowIfNull(mutex);
        return Make((name, blocks) => SharedCondition.Create(mutex, name, capacity, blocks));
    }

    /// <summary>Makes a place where so many parties wait for each other.</summary>
    /// <param name="participants">How many parties must arrive: 1 to <see cref="SharedBarrier.MostParticipants"/>.</param>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedBarrier CreateBarrier(int participants) => Make((name, blocks) => SharedBarrier.Create(participants, name, blocks));

    /// <summary>Makes one value with its lock (Python's <c>Value</c>).</summary>
    /// <typeparam name="T">What it is.</typeparam>
    /// <param name="value">What it is at first.</param>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public SharedValue<T> CreateValue<T>(T value = default)
        where T : unmanaged => Make((name, blocks) => SharedValue<T>.Create(value, name, blocks));
}
