using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Multiprocessing.Bench;

/// <summary>What a block costs by its size.</summary>
internal sealed class Sizes(int rounds, CancellationToken cancellation)
{
    private const long Small = 1 << 20;
    private const long Large = 1L << 30;
    private const int Attaches = 21;
    private const int MoreRounds = 7;
    private const string Memory = "/dev/shm";

    /// <summary>What others need meanwhile.</summary>
    private const long Spare = 1L << 30;

    private static readonly long[] All = [4L << 10, 64L << 10, 1L << 20, 16L << 20, 256L << 20, 1L << 30, 4L << 30];
    private static readonly string[] Steps =
        ["create, pages reserved", "create, Reserve = false", "attach + close", "first fill, pages reserved", "first fill, Reserve = false", "fill again", "close + unlink, filled"];

    internal Growth Measure(long most)
    {
        long free = Free();
        long[] wanted = [.. All.Where(size => size <= most)];
        long[] fitting = [.. wanted.Where(size => size + Spare <= free || size <= Small)];
        List<(double, double)>[] points = [.. Steps.Select(_ => new List<(double, double)>())];

        // What is compiled by then.
        for (int i = 0; i < MoreRounds; i++)
        {
            Once(Small);
        }

        foreach (long size in fitting)
        {
            double[][] taken = [.. Enumerable.Range(0, Rounds(size)).Select(_ => Once(size))];
            for (int step = 0; step < Steps.Length; step++)
            {
                points[step].Add((size, Series.MedianOf(taken.Select(times => times[step]))));
            }
        }

        return new Growth(
            "growth-size",
            "With the size of a block",
            "Attaching does not grow: it maps, and touches nothing. Creation grows with the size, because it reserves the pages, each of which the kernel finds and clears; without "
                + "that it hardly grows, and the first fill pays for the same pages one fault at a time (and dies of SIGBUS if there are none). A first fill of reserved pages only maps "
                + "them; a second one is the memory's own speed. Removal gives each page back.",
            new LineChart(
                "Time against the size of a block",
                new Axis("size of the block (logarithmic)", IsLogarithmic: true, Axis.Bytes) { Ticks = [.. fitting.Select(size => (double)size)] },
                new Axis("time (logarithmic)", IsLogarithmic: true, Axis.Time),
                [.. Steps.Select((step, i) => new Curve(step, points[i]))]),
            [$"Up to {Axis.Bytes(Small)} {MoreRounds} times as many rounds, above {Axis.Bytes(Large)} one.", .. wanted.Except(fitting).Select(size => $"{Axis.Bytes(size)} did not fit: {Axis.Bytes(free)} were free.")]);
    }

    private int Rounds(long size) => size switch
    {
        <= Small => rounds * MoreRounds,
        <= Large => rounds,
        _ => 1,
    };

    /// <summary>What fits into the file system, and into memory.</summary>
    private static long Free()
    {
        long memory = GC.GetGCMemoryInfo() is var info ? info.TotalAvailableMemoryBytes - info.MemoryLoadBytes : 0;
        return Directory.Exists(Memory) ? Math.Min(memory, new DriveInfo(Memory).AvailableFreeSpace) : memory;
    }

    /// <summary>Nanoseconds of each step.</summary>
    private double[] Once(long size)
    {
        cancellation.ThrowIfCancellationRequested();
        double[] times = new double[Steps.Length];
        (times[0], SharedMemory block) = Create(size, reserve: true);
        using (block)
        {
            times[2] = Series.MedianOf(Enumerable.Range(0, Attaches).Select(_ => Time(() => SharedMemory.Attach(block.Name).Dispose())));
            times[3] = Time(() => Fill(block, 1));
            times[5] = Time(() => Fill(block, 2));
            times[6] = Time(() => Remove(block));
        }

        (times[1], block) = Create(size, reserve: false);
        using (block)
        {
            times[4] = Time(() => Fill(block, 1));
            Remove(block);
        }

        return times;
    }

    private static (double Time, SharedMemory Block) Create(long size, bool reserve)
    {
        var options = new SharedMemoryOptions { Reserve = reserve };
        string name = Keeper.NewName();
        SharedMemory? block = null;
        double time = Time(() => block = SharedMemory.Create(size, name, options));
        return (time, block!);
    }

    private static void Remove(SharedMemory block)
    {
        block.Dispose();
        block.Unlink();
    }

    private static unsafe void Fill(SharedMemory block, byte value) => NativeMemory.Fill((void*)block.Address, (nuint)block.Size, value);

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }
}
