namespace Multiprocessing.Bench;

/// <summary>How much goes from one process to another, by the size of a message.</summary>
internal sealed class Messages(int rounds, CancellationToken cancellation)
{
    private const int Capacity = 4 << 20;
    private const double Mebibyte = 1 << 20;

    private static readonly int[] Sizes = [64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20];
    private static readonly string[] Ways = ["SharedRing, Spsc", "SharedRing, Mpmc", "Unix socket"];

    internal Growth Measure()
    {
        string folder = Directory.CreateTempSubdirectory("psm-bench-").FullName;
        try
        {
            using var crew = new Crew(2);
            var points = Ways.Select(_ => new List<(double, double)>()).ToArray();
            foreach (int size in Sizes)
            {
                double[] Rounds(Func<double> once) => [.. Enumerable.Range(0, rounds).Select(_ => once())];
                double[][] taken =
                [
                    Rounds(() => ByRing(crew, RingMode.Spsc, size)), Rounds(() => ByRing(crew, RingMode.Mpmc, size)), Rounds(() => BySocket(crew, folder, size)),
                ];
                for (int way = 0; way < Ways.Length; way++)
                {
                    points[way].Add((size, size / Mebibyte * 1e9 / Series.MedianOf(taken[way])));
                }
            }

            return new Growth(
                "growth-messages",
                "With the size of a message",
                "Throughput grows with the size as long as what a message costs by itself (claiming room, waking) is more than its copies, and ends at what two copies cost: into the ring and out of it. A socket copies as "
                    + "often, but through the kernel, with a call for each.",
                new LineChart(
                    "From one process to another, against the size of a message",
                    new Axis("size of a message (logarithmic)", IsLogarithmic: true, Axis.Bytes) { Ticks = [.. Sizes.Select(size => (double)size)] },
                    new Axis("MiB a second (logarithmic)", IsLogarithmic: true),
                    [.. Ways.Select((way, i) => new Curve(way, points[i]))]),
                [$"A ring of {Axis.Bytes(Capacity)}; each message is copied in and copied out; who waits sleeps. Not measured: messages that are written and read in place."]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private double ByRing(Crew crew, RingMode mode, int size)
    {
        cancellation.ThrowIfCancellationRequested();
        using SharedRing ring = SharedRing.Create(Capacity, Keeper.NewName(), new RingOptions { Mode = mode });
        try
        {
            return crew.Do(i => i == 0 ? $"send:{size}" : $"receive:{size}", ring.Name, 2);
        }
        finally
        {
            ring.Unlink();
        }
    }

    private double BySocket(Crew crew, string folder, int size)
    {
        cancellation.ThrowIfCancellationRequested();
        string path = Path.Combine(folder, Path.GetRandomFileName());
        return crew.Do(i => i == 0 ? $"socket-send:{size}" : $"socket-receive:{size}", path, 2);
    }
}
