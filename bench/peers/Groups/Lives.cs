using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>How a manager starts and ends.</summary>
internal static class Lives
{
    internal const string ColdVerb = "cold-start";

    private const int Size = 4096;
    private const int Starts = 5;
    private const int ManyBlocks = 500;

    internal static IEnumerable<Row> Start(Contest contest, Peer python)
    {
        Func<double> ours = Contest.MedianOf(Starts, StartOnce);
        Series[] warm = contest.Run(
            ours,
            python.MedianOf(Starts, "start-fork"),
            python.Measuring("start-spawn"));
        Series[] cold = contest.Run(
            () => double.Parse(Programs.Output(Programs.Self(ColdVerb)), CultureInfo.InvariantCulture),
            python.MeasuringAfresh("start-fork"));
        const string Note = "Ours returns before the server is up, and a block needs none; when the server answers is not measured. A process "
            + "that has run for a while: neither its start nor the loading of code is in it. A larger Python forks more slowly.";
        return
        [
            new Row("warm Start() to first byte written", warm[0], python.Name + ", fork", warm[1], Goal.Faster(1), Note),
            new Row("warm Start() to first byte written", warm[0], python.Name + ", spawn", warm[2], Goal.Faster(10), Note),
            new Row("first Start() of a process to first byte written", cold[0], python.Name + ", fork", cold[1], null,
                "For information. Loading and compiling our code is in it; the start of the process, before that, is not. Python's imports are not in it."),
        ];
    }

    internal static IEnumerable<Row> Shutdown(Contest contest, Peer python)
    {
        Series[] results = contest.Run(
            () => ShutdownOnce(0), python.Measuring("shutdown-0"), () => ShutdownOnce(ManyBlocks), python.Measuring("shutdown-500"));
        const string Note = "For information. The server is up and has been told of all blocks of 4 KiB, none of which is mapped any more; blocks "
            + "that others made or hold are not measured. The server is young: ours compiles code while it ends.";
        return
        [
            new Row("shutdown of a manager without blocks", results[0], python.Name, results[1], null, Note),
            new Row("shutdown of a manager with 500 blocks", results[2], python.Name, results[3], null, Note),
        ];
    }

    /// <summary>What the process that is started for it does: one start, and its nanoseconds on standard output.</summary>
    internal static void Cold() => Console.WriteLine(StartOnce().TotalNanoseconds.ToString(CultureInfo.InvariantCulture));

    private static TimeSpan StartOnce()
    {
        long begin = Stopwatch.GetTimestamp();
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(Size);
        block.Span[0] = 1;
        return Stopwatch.GetElapsedTime(begin);
    }

    private static double ShutdownOnce(int blocks)
    {
        using var manager = SharedMemoryManager.Start();
        for (int i = 0; i < blocks; i++)
        {
            manager.CreateBlock(Size).Dispose();
        }

        manager.Ping();
        long begin = Stopwatch.GetTimestamp();
        manager.Shutdown();
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
    }
}
