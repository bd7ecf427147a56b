namespace Multiprocessing;

/// <summary>
/// A column of floating-point numbers with their points one below the other, at most 8 digits behind it; with exponents if they are too far apart.
/// </summary>
internal sealed class RealColumn
{
    private const int Precision = 8;
    private const double TooLarge = 1e8;
    private const double TooSmall = 1e-4;
    private const double TooFarApart = 1000;

    private readonly int _size;
    private readonly bool _showsPlus;
    private readonly bool _hasExponent;
    private readonly int _exponentDigits;
    private readonly int _fraction;
    private readonly int _left;
    private readonly int _right;

    /// <param name="values">All that is shown.</param>
    /// <param name="size">Their size in bytes: 2, 4 or 8.</param>
    /// <param name="showsPlus">Whether a number that is not negative has a sign too.</param>
    internal RealColumn(double[] values, int size, bool showsPlus)
    {
        _size = size;
        _showsPlus = showsPlus;
        double[] finite = [.. values.Where(double.IsFinite)];
        _hasExponent = NeedsExponent([.. finite.Where(value => value != 0).Select(Math.Abs)]);
        if (finite.Length > 0)
        {
            (string Whole, string Fraction, int ExponentDigits)[] parts = [.. finite.Select(value => Split(Digits(value)))];
            _left = parts.Max(part => part.Whole.Length);
            _fraction = parts.Max(part => part.Fraction.Length);
            _exponentDigits = parts.Max(part => part.ExponentDigits);
            _right = _hasExponent ? _fraction + _exponentDigits + 2 : _fraction;
        }

        foreach (double value in values.Where(value => !double.IsFinite(value)))
        {
            bool hasNegative = showsPlus || values.Contains(double.NegativeInfinity);
            int width = double.IsNaN(value) ? 3 : 3 + (hasNegative ? 1 : 0);
            _left = Math.Max(_left, width - (_right + 1));

            // Once there is any that is not finite, there is room for "inf".
            _left = Math.Max(_left, 3 + (hasNegative ? 1 : 0) - (_right + 1));
        }
    }

    internal string Text(double value)
    {
        if (!double.IsFinite(value))
        {
            string name = (_showsPlus && !(value < 0) ? "+" : "") + Real.NotFinite(value);
            return name.PadLeft(_left + _right + 1);
        }

        Real digits = _hasExponent ? Real.Exactly(value, _size, _fraction + 1) : Digits(value);
        (string whole, string fraction, _) = Split(digits);
        return _hasExponent
            ? $"{whole.PadLeft(_left)}.{fraction.PadRight(_fraction, '0')}e{digits.ExponentText(_exponentDigits)}"
            : $"{whole.PadLeft(_left)}.{fraction.PadRight(_right)}";
    }

    /// <summary>numpy divides in the type of the numbers: two halves whose quotient is none are too far apart.</summary>
    private bool NeedsExponent(double[] magnitudes)
    {
        if (magnitudes.Length == 0)
        {
            return false;
        }

        double most = magnitudes.Max();
        double least = magnitudes.Min();
        double quotient = _size switch
        {
            2 => (double)(Half)((float)most / (float)least),
            4 => (float)most / (float)least,
            _ => most / least,
        };
        return most >= TooLarge || least < TooSmall || quotient > TooFarApart;
    }

    private Real Digits(double value) =>
        Real.Rounded(value, _size, shortest => _hasExponent ? shortest.Exponent - Precision : -Precision);

    /// <summary>What stands before the point, what behind it, and how many digits the exponent has.</summary>
    private (string Whole, string Fraction, int ExponentDigits) Split(Real real)
    {
        string sign = real.IsNegative ? "-" : _showsPlus ? "+" : "";
        if (_hasExponent)
        {
            return (sign + real.Digits[0], real.Digits[1..], real.ExponentText(2).Length - 1);
        }

        string[] parts = (real with { IsNegative = false }).Positional().Split('.');
        return (sign + parts[0], parts[1], 0);
    }
}
