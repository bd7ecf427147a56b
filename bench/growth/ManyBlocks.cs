using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>What so many blocks of 64 bytes under one manager cost, each.</summary>
internal sealed class ManyBlocks(int rounds, CancellationToken cancellation)
{
    private const int Few = 1_000;
    private const int Many = 100_000;
    private const int Attaches = 500;
    private const int MicrosecondsOfShutdown = 12;
    private const double MostGrowth = 1.25;

    private static readonly int[] Counts = [1, 10, 100, Few, 10_000, Many];
    private static readonly string[] Steps = ["create, through the manager", "list", "attach + close", "shutdown of the manager"];

    private readonly Dictionary<int, Series[]> _taken = [];
    private readonly Dictionary<int, double> _serverBytes = [];

    internal Growth Measure(int most)
    {
        Once(Few);
        foreach (int count in Counts.Where(count => count <= most))
        {
            (double[] Times, double ServerBytes)[] taken = [.. Enumerable.Range(0, rounds).Select(_ => Once(count))];
            _taken[count] = [.. Steps.Select((_, step) => Series.Of([.. taken.Select(once => once.Times[step])]))];
            _serverBytes[count] = Series.MedianOf(taken.Select(once => once.ServerBytes));
        }

        int largest = _taken.Keys.Max();
        return new Growth(
            "growth-blocks",
            "With the number of blocks under one manager",
            "Creation does not grow with the number: names are told to the server in batches. Attaching looks one name up, among so many that they fit the caches less and less. What "
                + "falls from the left is what a listing and a shutdown cost once, however many blocks there are: a call, code that the server compiles for its first, and the end of a "
                + "process, here divided by the blocks.",
            new LineChart(
                "Time a block, against the number of blocks under one manager",
                new Axis("blocks (logarithmic)", IsLogarithmic: true),
                new Axis("time a block (logarithmic)", IsLogarithmic: true, Axis.Time),
                [.. Steps.Select((step, i) => new Curve(step, [.. _taken.Select(entry => ((double)entry.Key, entry.Value[i].Median))]))]),
            [
                string.Create(CultureInfo.InvariantCulture, $"The server's memory grew by {_serverBytes[largest]:#,0} bytes a block, at {largest:#,0}. Not measured: blocks that stay mapped, other managers on the machine."),
            ]);
    }

    /// <summary>The goals of the issue, as far as it was measured with so many.</summary>
    internal IReadOnlyList<Row> Goals()
    {
        const string Note = "64 bytes a block, which nobody has mapped any more. A young server, which compiles code meanwhile. Listing and shutdown are single calls.";
        const string Flat = "\"Flat\" is taken as: at most 1.25 times. " + Note;
        Series Of(int count, int step) => _taken.TryGetValue(count, out Series[]? steps) ? steps[step] : Series.NotInstalled;
        return
        [
            new Row("100,000 blocks: shutdown, a block", Of(Many, 3), "ours, 1,000 blocks", Of(Few, 3), Goal.Within(MicrosecondsOfShutdown * 1e3), Note),
            .. Steps.Where((_, step) => step != 2).Select(what =>
            {
                int step = Array.IndexOf(Steps, what);
                return new Row($"100,000 blocks: {what}, a block", Of(Many, step), "ours, 1,000 blocks", Of(Few, step), Goal.AtMost(MostGrowth), Flat);
            }),
        ];
    }

    private (double[] Times, double ServerBytes) Once(int blocks)
    {
        cancellation.ThrowIfCancellationRequested();
        using var manager = SharedMemoryManager.Start(new() { ShutdownTimeout = TimeSpan.FromMinutes(5) });
        manager.ListBlocks();
        long memoryBefore = ResidentBytes(manager.ServerProcessId);
        string[] names = new string[blocks];
        double[] times = new double[Steps.Length];
        times[0] = Time(() =>
        {
            for (int i = 0; i < blocks; i++)
            {
                // The mapping goes and the block stays: a process has no more than vm.max_map_count mappings, 65,530 by default.
                using SharedMemory block = manager.CreateBlock(64);
                names[i] = block.Name;
            }
        }) / blocks;
        int listed = 0;
        times[1] = Time(() => listed = manager.ListBlocks().Count) / blocks;
        long memory = ResidentBytes(manager.ServerProcessId) - memoryBefore;
        times[2] = Time(() =>
        {
            for (int i = 0; i < Attaches; i++)
            {
                SharedMemory.Attach(names[(int)((long)i * blocks / Attaches)]).Dispose();
            }
        }) / Attaches;
        int removed = 0;
        times[3] = Time(() => removed = manager.Shutdown().Removed) / blocks;
        return listed == blocks && removed == blocks
            ? (times, (double)memory / blocks)
            : throw new InvalidOperationException($"{blocks} were made, {listed} listed, {removed} removed.");
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    private static long ResidentBytes(int pid) =>
        long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
