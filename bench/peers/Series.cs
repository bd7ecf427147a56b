namespace Multiprocessing.Bench;

/// <summary>What several rounds of one measurement gave, in nanoseconds.</summary>
internal sealed record Series(double Min, double Median, double Max)
{
    /// <summary>Whether it was measured at all.</summary>
    internal bool IsMissing => double.IsNaN(Median);

    /// <summary>Of a peer that is not there.</summary>
    internal static Series Missing { get; } = new(double.NaN, double.NaN, double.NaN);

    internal static Series Of(IReadOnlyCollection<double> nanoseconds) =>
        new(nanoseconds.Min(), MedianOf(nanoseconds), nanoseconds.Max());

    internal static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>All three in the unit of the median.</summary>
    public override string ToString()
    {
        if (IsMissing)
        {
            return "missing";
        }

        (double scale, string unit) = Median switch
        {
            < 1e3 => (1.0, "ns"),
            < 1e6 => (1e3, "µs"),
            _ => (1e6, "ms"),
        };
        return $"{Digits(Min / scale)} / {Digits(Median / scale)} / {Digits(Max / scale)} {unit}";
    }

    /// <summary>Three digits: the noise is larger than the fourth.</summary>
    internal static string Digits(double value) =>
        FormattableString.Invariant(value >= 99.95 ? $"{value:0}" : value >= 9.995 ? (FormattableString)$"{value:0.0}" : $"{value:0.00}");
}
