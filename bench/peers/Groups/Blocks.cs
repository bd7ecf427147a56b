namespace Multiprocessing.Bench;

/// <summary>Making, mapping and removing blocks of 4 KiB, bare and through a manager.</summary>
internal static class Blocks
{
    private const int Size = 4096;
    private const int Calls = 100;

    private static readonly SharedMemoryOptions Reserved = new();
    private static readonly SharedMemoryOptions Unreserved = new() { Reserve = false };

    internal static IEnumerable<Row> Managed(Contest contest, Peer python)
    {
        using var manager = SharedMemoryManager.Start();
        manager.Ping();
        Series[] results = contest.Run(
            Contest.PerCall(Calls, n => Manage(manager, n)),
            Contest.PerCall(Calls, n => Create(Reserved, n)),
            python.Measuring("managed"));
        return
        [
            new Row("managed block: create + dispose + release", results[0], python.Name, results[2], Goal.Faster(20),
                "The block is never written to. Python's manager is asked by a connection of its own for every block; ours is told afterwards, in "
                + "batches, whose cost in the server is not in the figure. No limit on how many blocks there are is met."),
            new Row("managed block, against our own without a manager", results[0], "ours, untracked", results[1], Goal.AtMost(1.3),
                "One thread makes blocks; what several cost that share one manager is not measured."),
        ];
    }

    internal static IEnumerable<Row> Bare(Contest contest, Peer python)
    {
        Series[] results = contest.Run(
            Contest.PerCall(Calls, n => Create(Reserved, n)),
            Contest.PerCall(Calls, n => Create(Unreserved, n)),
            python.Measuring("create"),
            Contest.PerCall(Calls, n => CreateAndTouch(Reserved, n)),
            python.Measuring("create-touch"));
        const string Note = "The block is never written to: the first touch of a page, which Reserve pays in advance, is not in Python's figure nor in "
            + "that without Reserve. Python tells its resource tracker of every block; ours tells nobody.";
        return
        [
            new Row("block of 4 KiB: create + close + unlink", results[0], python.Name, results[2], Goal.Faster(2), Note),
            new Row("the same with Reserve = false, as Python does", results[1], python.Name, results[2], Goal.Faster(2), Note),
            new Row("the same, and a byte written: Reserve = true", results[3], python.Name, results[4], null,
                "For information. One page: what reserving many pages at once saves over touching them one by one is not measured."),
        ];
    }

    internal static IEnumerable<Row> Attach(Contest contest, Peer python)
    {
        using SharedMemory block = SharedMemory.Create(Size);
        try
        {
            Series[] results = contest.Run(
                Contest.PerCall(Calls, n => Attach(block.Name, n)),
                python.Measuring("attach"));
            return
            [
                new Row("block of 4 KiB: attach + close", results[0], python.Name, results[1], Goal.Faster(2),
                    "No byte is touched, so no page fault is in it. Python up to 3.12, and later without track=False, tells its resource tracker."),
            ];
        }
        finally
        {
            block.Unlink();
        }
    }

    private static void Manage(SharedMemoryManager manager, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            using SharedMemory block = manager.CreateBlock(Size);
            block.Dispose();
            manager.Release(block.Name);
        }
    }

    private static void Create(SharedMemoryOptions options, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            using SharedMemory block = SharedMemory.Create(Size, null, options);
            block.Dispose();
            block.Unlink();
        }
    }

    private static void CreateAndTouch(SharedMemoryOptions options, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            using SharedMemory block = SharedMemory.Create(Size, null, options);
            block.Span[0] = 1;
            block.Dispose();
            block.Unlink();
        }
    }

    private static void Attach(string name, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            SharedMemory.Attach(name).Dispose();
        }
    }
}
