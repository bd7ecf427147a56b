using System.Globalization;
using System.Text;

namespace Multiprocessing.Shm;

/// <summary>Sizes, times and names as people read them.</summary>
internal static class Texts
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>ISO 8601 in UTC, to the millisecond.</summary>
    internal static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>A number of bytes: <c>512 B</c>, <c>4.0 KiB</c>, <c>12 MiB</c>.</summary>
    internal static string Bytes(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 || value >= 10 ? Math.Floor(value) : Math.Floor(value * 10) / 10).ToString(unit == 0 || value >= 10 ? "0" : "0.0", CultureInfo.InvariantCulture)} {Units[unit]}");
    }

    /// <summary>How long ago: <c>12s</c>, <c>3m</c>, <c>5h</c>, <c>9d</c>.</summary>
    internal static string Age(DateTimeOffset since)
    {
        TimeSpan age = DateTimeOffset.UtcNow - since;
        (double value, char unit) = age.TotalSeconds < 60 ? (age.TotalSeconds, 's')
            : age.TotalMinutes < 60 ? (age.TotalMinutes, 'm')
            : age.TotalHours < 48 ? (age.TotalHours, 'h')
            : (age.TotalDays, 'd');
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (long)value)}{unit}");
    }

    /// <summary>The mode in octal digits: <c>0600</c>.</summary>
    internal static string Mode(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');

    /// <summary>A text in one line, whatever is in it: what would move a terminal's cursor is shown as an escape.</summary>
    internal static string Printable(string text)
    {
        if (!text.Any(char.IsControl))
        {
            return text;
        }

        var printable = new StringBuilder();
        foreach (char c in text)
        {
            _ = char.IsControl(c) ? printable.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : printable.Append(c);
        }

        return printable.ToString();
    }

    /// <summary>Cut to so many characters, with a mark.</summary>
    internal static string Cut(string text, int most) => text.Length <= most ? text : most < 2 ? text[..Math.Max(0, most)] : text[..(most - 1)] + "…";
}
