using System.Globalization;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The decimal digits of binary floating-point numbers, as numpy takes them: the fewest that mean this number, and no others.</summary>
/// <param name="IsNegative">Its sign, which zero has too.</param>
/// <param name="Digits">The digits without zeros at the end, at least one.</param>
/// <param name="Exponent">The power of ten of the first digit.</param>
internal readonly record struct Real(bool IsNegative, string Digits, int Exponent)
{
    /// <summary>More than any tie between two decimals of a few digits needs.</summary>
    private const string ManyDigits = "E60";

    /// <summary>The number at the start of some bytes: 2, 4 or 8 of them.</summary>
    internal static double Read(ReadOnlySpan<byte> bytes, int size) => size switch
    {
        2 => (double)MemoryMarshal.Read<Half>(bytes),
        4 => MemoryMarshal.Read<float>(bytes),
        _ => MemoryMarshal.Read<double>(bytes),
    };

    /// <summary>The fewest digits that tell a number from all others of its size.</summary>
    internal static Real Shortest(double value, int size) => Parse(size switch
    {
        2 => ((Half)value).ToString("R", CultureInfo.InvariantCulture),
        4 => ((float)value).ToString("R", CultureInfo.InvariantCulture),
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    });

    /// <summary>The fewest digits, or those up to a power of ten if there are more: rounded from the exact value, a tie to the even digit.</summary>
    internal static Real Rounded(double value, int size, Func<Real, int> lastPower)
    {
        Real shortest = Shortest(value, size);
        int count = shortest.Exponent - lastPower(shortest) + 1;
        return shortest.Digits.Length <= count ? shortest : Parse(value.ToString(ManyDigits, CultureInfo.InvariantCulture)).Cut(count);
    }

    /// <summary>
    /// So many digits: if the fewest that tell it are fewer, the next ones of the exact value (which are zeros only for a double of few digits).
    /// </summary>
    internal static Real Exactly(double value, int size, int digits)
    {
        Real shortest = Shortest(value, size);
        return shortest.Digits.Length == digits ? shortest : Parse(value.ToString(ManyDigits, CultureInfo.InvariantCulture)).Cut(digits);
    }

    /// <summary>A number by itself, as <c>str</c> of a numpy scalar.</summary>
    internal static string Alone(double value, int size, string wholeEnd)
    {
        if (!double.IsFinite(value))
        {
            return NotFinite(value);
        }

        Real real = Shortest(value, size);
        double magnitude = Math.Abs(value);
        return magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e16)
            ? real.Positional() is string text && text.EndsWith('.') ? text[..^1] + wholeEnd : real.Positional()
            : real.Sign + (real.Digits.Length == 1 ? real.Digits : $"{real.Digits[0]}.{real.Digits[1..]}") + "e" + real.ExponentText(2);
    }

    internal static string NotFinite(double value) => double.IsNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";

    internal string Sign => IsNegative ? "-" : "";

    /// <summary>Without an exponent; a whole number ends with its point.</summary>
    internal string Positional()
    {
        if (Exponent < 0)
        {
            return $"{Sign}0.{new string('0', -Exponent - 1)}{Digits}";
        }

        string digits = Digits.PadRight(Exponent + 1, '0');
        return $"{Sign}{digits[..(Exponent + 1)]}.{digits[(Exponent + 1)..]}";
    }

    internal string ExponentText(int digits) =>
        (Exponent < 0 ? "-" : "+") + Math.Abs(Exponent).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');

    private Real Cut(int count)
    {
        if (Digits.Length <= count)
        {
            return this;
        }

        string kept = Digits[..count];
        string rest = Digits[count..];
        int half = rest[0].CompareTo('5');
        bool isTie = half == 0 && rest.AsSpan(1).IndexOfAnyExcept('0') < 0;
        bool goesUp = isTie ? (kept[^1] - '0') % 2 == 1 : half >= 0;
        if (!goesUp)
        {
            return this with { Digits = Trim(kept) };
        }

        int last = kept.AsSpan().LastIndexOfAnyExcept('9');
        return last < 0
            ? new Real(IsNegative, "1", Exponent + 1)
            : this with { Digits = kept[..last] + (char)(kept[last] + 1) };
    }

    /// <summary>Takes apart what .NET writes: <c>-12.5</c>, <c>1E-05</c>.</summary>
    private static Real Parse(string text)
    {
        bool isNegative = text[0] == '-';
        string[] parts = (isNegative ? text[1..] : text).Split('E');
        string[] mantissa = parts[0].Split('.');
        string digits = mantissa[0] + (mantissa.Length > 1 ? mantissa[1] : "");
        int exponent = mantissa[0].Length - 1 + (parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0);
        string significant = digits.TrimStart('0');
        return significant.Length == 0
            ? new Real(isNegative, "0", 0)
            : new Real(isNegative, Trim(significant), exponent - (digits.Length - significant.Length));
    }

    private static string Trim(string digits) => digits.TrimEnd('0') is { Length: > 0 } trimmed ? trimmed : "0";
}
