namespace Multiprocessing.Bench;

/// <summary>What costs when many processes do it at once.</summary>
internal sealed class Crowds(int rounds, CancellationToken cancellation)
{
    private const string Ring = "ring";

    private static readonly int[] Counts = [1, 2, 4, 8, 16, 32, 64];

    private static readonly Dictionary<string, string> Names = new()
    {
        ["create"] = "block: create + close + unlink",
        ["attach"] = "block: attach + close",
        ["counter"] = "area: one counter, Increment64",
        ["mutex"] = "one mutex: enter + exit",
        ["read-lock"] = "one reader-writer lock: enter + exit to read",
        ["pool"] = "one pool: rent + return",
        [Ring] = "one ring (MPMC), half of them at each end: a message",
    };

    internal Growth Measure(int most)
    {
        int[] counts = [.. Counts.Where(count => count <= most)];
        using var crew = new Crew(counts[^1]);
        using SharedMemory block = SharedMemory.Create(4096, Keeper.NewName());
        using SharedArea area = SharedArea.Create(4096, Keeper.NewName());
        using SharedMutex mutex = SharedMutex.Create(Keeper.NewName());
        using SharedReaderWriterLock both = SharedReaderWriterLock.Create(Keeper.NewName());
        using SharedMemoryPool pool = SharedMemoryPool.Create(256, 64, Keeper.NewName());
        var structures = new Dictionary<string, string>
        {
            ["create"] = "-",
            ["attach"] = block.Name,
            ["counter"] = area.Name,
            ["mutex"] = mutex.Name,
            ["read-lock"] = both.Name,
            ["pool"] = pool.Name,
        };
        try
        {
            var curves = Names.ToDictionary(name => name.Key, _ => new List<(double, double)>());
            foreach (int count in counts)
            {
                foreach (string what in Names.Keys)
                {
                    double[] taken = [.. Enumerable.Range(0, rounds).Select(_ => Once(crew, what, structures.GetValueOrDefault(what), count))];
                    curves[what].Add((count, Series.MedianOf(taken)));
                }
            }

            return new Growth(
                "growth-processes",
                "With the number of processes",
                "The figure is the time divided by what all did together. What is each process's own (create, attach) halves with a second processor and stays as cheap with 64 processes. "
                    + "What all write to (counter, mutex, ring) costs more from the second process on, when its cache line goes to and fro between processors, and little more after that: who "
                    + "waits sleeps, and costs nothing. Of a pool each has a block of his own.",
                new LineChart(
                    $"Time for each, all processes together ({Environment.ProcessorCount} processors)",
                    new Axis("processes at it (logarithmic)", IsLogarithmic: true) { Ticks = [.. counts.Select(count => (double)count)] },
                    new Axis("time for each (logarithmic)", IsLogarithmic: true, Axis.Time),
                    [.. curves.Select(curve => new Curve(Names[curve.Key], curve.Value))]),
                ["The window is 200 ms in which all go on at once; how long a single process waits, at worst, is not measured."]);
        }
        finally
        {
            block.Unlink();
            area.Unlink();
            mutex.Unlink();
            both.Unlink();
            pool.Unlink();
        }
    }

    private double Once(Crew crew, string what, string? name, int count)
    {
        cancellation.ThrowIfCancellationRequested();
        if (what != Ring)
        {
            return crew.Do(_ => what, name!, count);
        }

        using SharedRing<long> ring = SharedRing<long>.Create(1024, Keeper.NewName());
        try
        {
            return crew.Do(i => count == 1 ? "both" : i % 2 == 0 ? "produce" : "consume", ring.Name, count);
        }
        finally
        {
            ring.Unlink();
        }
    }
}
