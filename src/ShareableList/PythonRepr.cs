using System.Globalization;
using System.Text;

namespace Multiprocessing;

/// <summary>Values as Python's <c>repr</c> writes them.</summary>
internal static class PythonRepr
{
    private const int MostDigitsBeforePoint = 16;
    private const int MostZerosAfterPoint = 4;

    internal static StringBuilder Append(StringBuilder to, object? value) => value switch
    {
        null => to.Append("None"),
        bool b => to.Append(b ? "True" : "False"),
        long i => to.Append(CultureInfo.InvariantCulture, $"{i}"),
        double d => AppendFloat(to, d),
        string text => AppendStr(to, text),
        byte[] bytes => AppendBytes(to, bytes),
        _ => throw new ArgumentException($"No item of a list is a {value.GetType()}.", nameof(value)),
    };

    /// <summary>The shortest digits that read back the same; with an exponent below 1e-4 and from 1e16 on.</summary>
    private static StringBuilder AppendFloat(StringBuilder to, double value)
    {
        if (!double.IsFinite(value))
        {
            return to.Append(double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf");
        }

        if (double.IsNegative(value))
        {
            to.Append('-');
        }

        Span<char> buffer = stackalloc char[64];
        ReadOnlySpan<char> digits = ShortestDigits(Math.Abs(value), buffer, out int point);
        if (point > MostDigitsBeforePoint || point <= -MostZerosAfterPoint)
        {
            to.Append(digits[0]);
            if (digits.Length > 1)
            {
                to.Append('.').Append(digits[1..]);
            }

            int exponent = point - 1;
            return to.Append('e').Append(exponent < 0 ? '-' : '+').Append(CultureInfo.InvariantCulture, $"{Math.Abs(exponent):00}");
        }

        if (point <= 0)
        {
            return to.Append("0.").Append('0', -point).Append(digits);
        }

        return point >= digits.Length
            ? to.Append(digits).Append('0', point - digits.Length).Append(".0")
            : to.Append(digits[..point]).Append('.').Append(digits[point..]);
    }

    /// <summary>The digits of a number, without zeros at either end, and how many of them stand before the decimal point.</summary>
    private static ReadOnlySpan<char> ShortestDigits(double value, Span<char> buffer, out int point)
    {
        // "R" knows them, in two notations of its own; but for 2^-25 and 2^-958 it stops one digit too early.
        value.TryFormat(buffer, out int length, "R", CultureInfo.InvariantCulture);
        if (double.Parse(buffer[..length], CultureInfo.InvariantCulture) != value)
        {
            value.TryFormat(buffer, out length, "E16", CultureInfo.InvariantCulture);
        }

        Span<char> text = buffer[..length];
        int exponentAt = text.IndexOf('E');
        int exponent = exponentAt < 0
            ? 0
            : int.Parse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        Span<char> mantissa = exponentAt < 0 ? text : text[..exponentAt];
        int pointAt = mantissa.IndexOf('.');
        if (pointAt >= 0)
        {
            mantissa[(pointAt + 1)..].CopyTo(mantissa[pointAt..]);
            mantissa = mantissa[..^1];
        }
        else
        {
            pointAt = mantissa.Length;
        }

        int zeros = mantissa.IndexOfAnyExcept('0');
        if (zeros < 0)
        {
            point = 1;
            return "0";
        }

        point = pointAt + exponent - zeros;
        return mantissa[zeros..].TrimEnd('0');
    }

    private static StringBuilder AppendStr(StringBuilder to, string text)
    {
        char quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        to.Append(quote);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                AppendAscii(to, (byte)rune.Value, quote);
            }
            else if (IsPrintable(rune))
            {
                to.Append(rune.ToString());
            }
            else
            {
                _ = rune.Value switch
                {
                    <= 0xff => to.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                    <= 0xffff => to.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                    _ => to.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
                };
            }
        }

        return to.Append(quote);
    }

    private static StringBuilder AppendBytes(StringBuilder to, byte[] bytes)
    {
        char quote = bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? '"' : '\'';
        to.Append('b').Append(quote);
        foreach (byte b in bytes)
        {
            AppendAscii(to, b, quote);
        }

        return to.Append(quote);
    }

    private static void AppendAscii(StringBuilder to, byte value, char quote)
    {
        _ = value switch
        {
            (byte)'\n' => to.Append("\\n"),
            (byte)'\r' => to.Append("\\r"),
            (byte)'\t' => to.Append("\\t"),
            (byte)'\\' => to.Append("\\\\"),
            _ when value == quote => to.Append('\\').Append(quote),
            < 0x20 or >= 0x7f => to.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
            _ => to.Append((char)value),
        };
    }

    /// <summary>Python's <c>str.isprintable</c>: all but Other and Separator.</summary>
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);
}
