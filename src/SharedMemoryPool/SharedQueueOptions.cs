namespace Multiprocessing;

/// <summary>How a queue is created.</summary>
public sealed record SharedQueueOptions
{
    internal static readonly SharedQueueOptions Default = new();

    /// <summary>How many items may wait to be taken. 0, the default, for as many as <see cref="Capacity"/> has room for.</summary>
    public int MaxSize { get; init; }

    /// <summary>
    /// The room for items in bytes: a power of two, at least 256. An item takes its length (as JSON in UTF-8) and 16 bytes more, rounded up to 16; the longest has a little less than half of the
    /// room. Default: 1 MiB.
    /// </summary>
    public long Capacity { get; init; } = 1 << 20;

    /// <summary>
    /// Whether an item stays unfinished, and in its place, from <c>Get</c> to <c>TaskDone</c> (Python's <c>JoinableQueue</c>): if its consumer dies in between, another gets it.
    /// Default: an item is gone when it is got.
    /// </summary>
    public bool Joinable { get; init; }

    /// <summary>How the block is created; null for the defaults.</summary>
    public SharedMemoryOptions? Block { get; init; }
}
