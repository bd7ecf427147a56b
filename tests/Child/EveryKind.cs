namespace Multiprocessing.Tests;

/// <summary>Everything that a manager or scope hands out by a method of its own, each with its kind.</summary>
internal static class EveryKind
{
    internal static IEnumerable<(string Kind, Func<SharedMemorySource, ISharedStructure> Create)> All =>
    [
        ("block", source => source.CreateBlock(100)),
        ("list", source => source.CreateList(1, "two", null)),
        ("array", source => source.CreateArray<double>(3, 4)),
        ("array", source => source.CreateArray(SharedArrayType.Unicode(5), 2)),
        ("area", source => source.CreateArea(5000)),
        ("area", source => source.CreateArea(new SharedAreaOptions { Pages = 2 })),
        ("slots", source => source.CreateSlots(16, 10)),
        ("slots", source => source.CreateSlots<long>(10)),
        ("pool", source => source.CreatePool(4, 100)),
        ("ring", source => source.CreateRing<int>(8)),
        ("ring", source => source.CreateRing<PoolBlock>(8, new RingOptions { Mode = RingMode.Spsc })),
        ("msgring", source => source.CreateRing(256)),
        ("queue", source => source.CreateQueue<string>()),
        ("queue", source => source.CreateQueue<byte[]>(new SharedQueueOptions { Joinable = true, MaxSize = 3 })),
        ("value", source => source.CreateValue(42.0)),
        ("mutex", source => source.CreateMutex()),
        ("mutex", source => source.CreateMutex(recursive: true)),
        ("rwlock", source => source.CreateReaderWriterLock()),
        ("sem", source => source.CreateSemaphore(3)),
        ("sem", source => source.CreateCountingSemaphore(0, 7)),
        ("event", source => source.CreateEvent()),
        ("cond", source => source.CreateCondition()),
        ("barrier", source => source.CreateBarrier(2)),
    ];

    /// <summary>What a header says of a kind: nothing of those whose formats have none of ours.</summary>
    internal static string InHeader(string kind) => kind is "list" or "array" ? "block" : kind;

    /// <summary>Makes one of each.</summary>
    internal static ISharedStructure[] Make(SharedMemorySource source) => [.. All.Select(kind => kind.Create(source))];

    internal static void Dispose(IEnumerable<ISharedStructure> made)
    {
        foreach (ISharedStructure structure in made)
        {
            structure.Dispose();
        }
    }
}
