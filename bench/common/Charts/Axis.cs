using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>An axis of a chart.</summary>
/// <param name="Label">What it is, with its unit.</param>
/// <param name="IsLogarithmic">Whether equal ways are equal ratios; else it begins at 0.</param>
/// <param name="Text">How a value is written at a tick; null for a number.</param>
internal sealed record Axis(string Label, bool IsLogarithmic = false, Func<double, string>? Text = null)
{
    /// <summary>The values that get a tick; null for some that are chosen.</summary>
    internal IReadOnlyList<double>? Ticks { get; init; }

    internal string TextOf(double value) =>
        Text?.Invoke(value) ?? value.ToString(value switch { >= 1e9 => "0.#e0", >= 100 => "#,0", >= 10 => "0.#", >= 1 => "0.##", _ => "0.####" }, CultureInfo.InvariantCulture);

    /// <summary>A number of bytes, in the largest unit that leaves it whole.</summary>
    internal static string Bytes(double bytes) => bytes switch
    {
        >= 1L << 30 => $"{bytes / (1L << 30):0.#} GiB",
        >= 1 << 20 => $"{bytes / (1 << 20):0.#} MiB",
        >= 1 << 10 => $"{bytes / (1 << 10):0.#} KiB",
        _ => $"{bytes:0} B",
    };

    /// <summary>A time.</summary>
    internal static string Time(double nanoseconds) => Series.Text(nanoseconds);
}
