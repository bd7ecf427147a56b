using System.Globalization;
using System.Text;

/// <summary>A line chart as SVG: cost a block against the number of blocks, which is flat if the cost does not grow.</summary>
internal static class Chart
{
    private const int Width = 640;
    private const int Height = 320;
    private const int Margin = 56;

    internal static string Draw(IReadOnlyList<Measurement> measurements)
    {
        (string Name, string Color, Func<Measurement, double> Of)[] lines =
        [
            ("create", "#1f77b4", m => m.Create), ("list", "#2ca02c", m => m.List), ("shut down", "#d62728", m => m.Shutdown),
        ];
        double most = Math.Ceiling(measurements.Max(m => lines.Max(line => line.Of(m))) / 10) * 10;
        double first = Math.Log10(measurements[0].Blocks);
        double last = Math.Log10(measurements[^1].Blocks);
        double X(Measurement m) => Margin + ((Math.Log10(m.Blocks) - first) / (last - first) * (Width - (2 * Margin)));
        double Y(double value) => Height - Margin - (value / most * (Height - (2 * Margin)));

        var svg = new StringBuilder();
        void Add(FormattableString text) => svg.AppendLine(text.ToString(CultureInfo.InvariantCulture));
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">""");
        Add($"""<rect width="{Width}" height="{Height}" fill="white"/>""");
        Add($"""<text x="{Width / 2}" y="20" text-anchor="middle">microseconds a block, against blocks under one manager</text>""");
        for (double tick = 0; tick <= most; tick += most / 4)
        {
            Add($"""<line x1="{Margin}" y1="{Y(tick):0}" x2="{Width - Margin}" y2="{Y(tick):0}" stroke="#ddd"/>""");
            Add($"""<text x="{Margin - 8}" y="{Y(tick) + 4:0}" text-anchor="end">{tick:0.#}</text>""");
        }

        foreach (Measurement m in measurements)
        {
            Add($"""<text x="{X(m):0}" y="{Height - Margin + 18}" text-anchor="middle">{m.Blocks:#,0}</text>""");
        }

        for (int i = 0; i < lines.Length; i++)
        {
            string points = string.Join(' ', measurements.Select(m => FormattableString.Invariant($"{X(m):0},{Y(lines[i].Of(m)):0}")));
            Add($"""<polyline points="{points}" fill="none" stroke="{lines[i].Color}" stroke-width="2"/>""");
            Add($"""<text x="{Margin + 20 + (i * 110)}" y="{Height - 12}" fill="{lines[i].Color}">{lines[i].Name}</text>""");
        }

        Add($"</svg>");
        return svg.ToString();
    }
}
