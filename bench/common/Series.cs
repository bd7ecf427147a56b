using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>What several rounds of one measurement gave, in nanoseconds.</summary>
internal sealed record Series(double Min, double Median, double Max)
{
    /// <summary>Whether it was measured at all.</summary>
    internal bool IsMissing => double.IsNaN(Median);

    /// <summary>Of a peer that is not there.</summary>
    internal static Series NotInstalled { get; } = new(double.NaN, double.NaN, double.NaN) { Why = "not installed" };

    /// <summary>Of who did not come to the end.</summary>
    internal static Series Failed { get; } = new(double.NaN, double.NaN, double.NaN) { Why = "failed" };

    /// <summary>Why it was not measured.</summary>
    private string Why { get; init; } = "";

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
            return Why;
        }

        (double scale, string unit) = UnitOf(Median);
        return $"{Digits(Min / scale)} / {Digits(Median / scale)} / {Digits(Max / scale)} {unit}";
    }

    /// <summary>A time, with its unit.</summary>
    internal static string Text(double nanoseconds)
    {
        (double scale, string unit) = UnitOf(nanoseconds);
        double value = nanoseconds / scale;
        return value.ToString(value switch { < 10 => "0.##", < 100 => "0.#", _ => "0" }, CultureInfo.InvariantCulture) + " " + unit;
    }

    /// <summary>Three digits: the noise is larger than the fourth.</summary>
    internal static string Digits(double value) =>
        FormattableString.Invariant(value >= 99.95 ? $"{value:0}" : value >= 9.995 ? (FormattableString)$"{value:0.0}" : $"{value:0.00}");

    private static (double Scale, string Unit) UnitOf(double nanoseconds) => nanoseconds switch
    {
        < 1e3 => (1.0, "ns"),
        < 1e6 => (1e3, "µs"),
        < 1e9 => (1e6, "ms"),
        _ => (1e9, "s"),
    };
}
