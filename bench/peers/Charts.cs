namespace Multiprocessing.Bench;

/// <summary>The charts that rows say they belong to.</summary>
internal static class Charts
{
    internal const string Latency = "latency";
    internal const string RingAtOnce = "ring-at-once";
    internal const string RingBehind = "ring-behind";

    private static readonly Axis MessageSize = new("bytes a message", IsLogarithmic: true) { Ticks = [8, 16, 32, 64] };
    private static readonly Axis Throughput = new("million messages a second", IsLogarithmic: true);

    /// <summary>Each chart for which there are rows: its name, what it shows, and itself.</summary>
    internal static IEnumerable<(string Name, string Sentence, string Svg)> Draw(IEnumerable<Row> rows)
    {
        ILookup<string, Row> byChart = rows.Where(row => row.Plot is not null && !row.Ours.IsMissing).ToLookup(row => row.Plot!.Chart);
        if (byChart.Contains(Latency))
        {
            yield return (
                Latency,
                "How long it takes until another process has it, or answers. What polls needs tens of nanoseconds, what sleeps needs the kernel's wake-up, which costs more on another "
                    + "processor than on the same, and a call to a server two of them.",
                new RangeChart("Latency, to another process or there and back", new Axis("time (logarithmic)", IsLogarithmic: true, Axis.Time), [.. byChart[Latency].Select(Item)]).ToSvg());
        }

        foreach ((string name, string how, string sentence) in new[]
            {
                (RingAtOnce, "both at once", "Producer and consumer run as fast as they can, each on its processor. Whether the consumer is close behind, where each message costs the way of a cache line, or far, is chance: "
                    + "so lines go up and down, and do so for the bare ring, too."),
                (RingBehind, "one fills, then the other empties", "Neither waits for the other, so this is what the work itself costs: it falls with the bytes that are copied."),
            })
        {
            if (byChart.Contains(name))
            {
                yield return (name, sentence, new LineChart($"Rings between two processes, {how}", MessageSize, Throughput, Curves([.. byChart[name]])).ToSvg());
            }
        }
    }

    private static RangeChart.Item Item(Row row) =>
        new(row.Plot!.Ours, [("ours", false, row.Ours), .. row.Peer.IsMissing ? [] : new[] { (row.Plot.Peer!, true, row.Peer) }]);

    private static Curve[] Curves(IReadOnlyList<Row> rows)
    {
        IEnumerable<(string Name, double Size, Series Series)> points =
        [
            .. rows.Select(row => (row.Plot!.Ours, row.Plot.X, row.Ours)),
            .. rows.DistinctBy(row => row.Plot!.X).Where(row => !row.Peer.IsMissing).Select(row => (row.Plot!.Peer!, row.Plot.X, row.Peer)),
        ];
        return [.. points.GroupBy(point => point.Name).Select(curve => new Curve(curve.Key, [.. curve.Select(point => (point.Size, 1e3 / point.Series.Median))]))];
    }
}
