namespace Multiprocessing.Bench;

/// <summary>For each thing a line with the ranges and medians of several who did it.</summary>
internal sealed record RangeChart(string Title, Axis X, IReadOnlyList<RangeChart.Item> Items)
{
    private const int Width = 860;
    private const int Left = 330;
    private const int Right = 24;
    private const int Top = 64;
    private const int BarHeight = 17;
    private const int Gap = 9;

    private static readonly string[] Sides = ["ours", "peer"];

    internal string ToSvg()
    {
        int[] heights = [.. Items.Select(item => (item.Bars.Count * BarHeight) + Gap)];
        double bottom = Top + heights.Sum();
        var drawing = new Drawing(Width, bottom + 52, Title);
        var x = new Scale(X, [.. Items.SelectMany(item => item.Bars).SelectMany(bar => new[] { bar.Series.Min, bar.Series.Max })], Left, Width - Right);
        for (int i = 0; i < Sides.Length; i++)
        {
            drawing.Bar(Left + (i * 90), Left + 26 + (i * 90), 42, i);
            drawing.Mark(Left + 13 + (i * 90), 42, i);
            drawing.Text(Left + 36 + (i * 90), 46, Sides[i], "start");
        }

        drawing.Text(Left + 190, 46, "bar: least to greatest; mark: median", "start");
        foreach (double tick in x.Ticks)
        {
            drawing.Line(x.At(tick), Top, x.At(tick), bottom, "grid");
            drawing.Text(x.At(tick), bottom + 16, X.TextOf(tick), "middle");
        }

        drawing.Line(Left, bottom, Width - Right, bottom, "axis");
        drawing.Text((Left + Width - Right) / 2.0, bottom + 38, X.Label, "middle");
        double y = Top;
        for (int i = 0; i < Items.Count; i++)
        {
            drawing.Line(16, y, Width - Right, y, "grid");
            for (int bar = 0; bar < Items[i].Bars.Count; bar++)
            {
                (string name, bool isPeer, Series series) = Items[i].Bars[bar];
                double at = y + (Gap / 2.0) + (bar * BarHeight) + (BarHeight / 2.0);
                drawing.Text(Left - 10, at + 4, isPeer ? name : $"{Items[i].What}: {name}", "end");
                drawing.Bar(x.At(series.Min), x.At(series.Max), at, isPeer ? 1 : 0);
                drawing.Mark(x.At(series.Median), at, isPeer ? 1 : 0);
            }

            y += heights[i];
        }

        return drawing.ToString();
    }

    /// <summary>What was done, and by whom.</summary>
    internal sealed record Item(string What, IReadOnlyList<(string Name, bool IsPeer, Series Series)> Bars);
}
