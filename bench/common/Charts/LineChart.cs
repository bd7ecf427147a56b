using System.Text;

namespace Multiprocessing.Bench;

/// <summary>Curves over an axis.</summary>
internal sealed record LineChart(string Title, Axis X, Axis Y, IReadOnlyList<Curve> Curves)
{
    private const int Width = 760;
    private const int Left = 84;
    private const int Right = 24;
    private const int Top = 40;
    private const int PlotHeight = 290;
    private const int BelowPlot = 52;
    private const int LegendLine = 20;
    private const int LegendColumns = 2;

    /// <summary>The values as a table, a line for each place of the horizontal axis.</summary>
    internal string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append(null, $"| {X.Label.Split(" (")[0]} | ").AppendJoin(" | ", Curves.Select(curve => curve.Name)).Append(" |\n|---:|").Insert(text.Length, "---:|", Curves.Count).Append('\n');
        foreach (double x in Curves.SelectMany(curve => curve.Points).Select(point => point.X).Distinct().Order())
        {
            text.Append(null, $"| {X.TextOf(x)} | ")
                .AppendJoin(" | ", Curves.Select(curve => string.Concat(curve.Points.Where(point => point.X == x).Select(point => Y.TextOf(point.Y)))))
                .Append(" |\n");
        }

        return text.ToString();
    }

    internal string ToSvg()
    {
        int legendLines = (Curves.Count + LegendColumns - 1) / LegendColumns;
        int bottom = Top + PlotHeight;
        var drawing = new Drawing(Width, bottom + BelowPlot + (legendLines * LegendLine) + 8, Title);
        var x = new Scale(X, [.. Curves.SelectMany(curve => curve.Points).Select(point => point.X)], Left, Width - Right);
        var y = new Scale(Y, [.. Curves.SelectMany(curve => curve.Points).Select(point => point.Y)], bottom, Top);
        foreach (double tick in y.Ticks)
        {
            drawing.Line(Left, y.At(tick), Width - Right, y.At(tick), "grid");
            drawing.Text(Left - 8, y.At(tick) + 4, Y.TextOf(tick), "end");
        }

        foreach (double tick in x.Ticks)
        {
            drawing.Line(x.At(tick), bottom, x.At(tick), bottom + 5, "axis");
            drawing.Text(x.At(tick), bottom + 18, X.TextOf(tick), "middle");
        }

        drawing.Line(Left, bottom, Width - Right, bottom, "axis");
        drawing.Line(Left, Top, Left, bottom, "axis");
        drawing.Text((Left + Width - Right) / 2.0, bottom + 38, X.Label, "middle");
        drawing.Text(18, (Top + bottom) / 2.0, Y.Label, "middle", turn: -90);
        for (int i = 0; i < Curves.Count; i++)
        {
            Curve curve = Curves[i];
            drawing.Path(curve.Points.Select(point => (x.At(point.X), y.At(point.Y))), i);
            foreach ((double px, double py) in curve.Points)
            {
                drawing.Mark(x.At(px), y.At(py), i);
            }

            double column = Left + (i % LegendColumns * (Width - Left - Right) / LegendColumns);
            double line = bottom + BelowPlot + (i / LegendColumns * LegendLine) + 6;
            drawing.Path([(column, line), (column + 26, line)], i);
            drawing.Mark(column + 13, line, i);
            drawing.Text(column + 34, line + 4, curve.Name, "start");
        }

        return drawing.ToString();
    }
}
