using System.Numerics;

namespace Multiprocessing;

/// <summary>
/// A value to look for, compared with the items as Python's <c>==</c> does: <c>True == 1 == 1.0</c>, an int and a float are equal
/// if they are the same number exactly, NaN equals nothing, str and bytes equal only their own kind.
/// </summary>
internal readonly struct PythonEquality
{
    private readonly Form _form;
    private readonly long _integer;
    private readonly double _fraction;
    private readonly byte[]? _bytes;

    private PythonEquality(Form form, long integer = 0, double fraction = 0, byte[]? bytes = null)
    {
        _form = form;
        _integer = integer;
        _fraction = fraction;
        _bytes = bytes;
    }

    private enum Form
    {
        Nothing,
        None,
        Integer,
        Fraction,
        Str,
        Bytes,
    }

    /// <summary>Takes any value at all: one that no list can hold equals no item.</summary>
    internal static PythonEquality With(object? value)
    {
        if (value is null)
        {
            return new PythonEquality(Form.None);
        }

        ItemValue item;
        try
        {
            item = ItemValue.From(value, parameter: null);
        }
        catch (ArgumentOutOfRangeException)
        {
            // An integer past 64 bits can still be the value of a float.
            return WithBig(value switch { ulong i => i, nuint i => i, Int128 i => i, UInt128 i => i, BigInteger i => i, _ => default });
        }
        catch (ArgumentException)
        {
            return default;
        }

        return item.Kind switch
        {
            ItemKind.Float => With(BitConverter.Int64BitsToDouble(item.Bits)),
            ItemKind.Str => new PythonEquality(Form.Str, bytes: System.Text.Encoding.UTF8.GetBytes(item.Text)),
            ItemKind.Bytes => new PythonEquality(Form.Bytes, bytes: item.Bytes.ToArray()),
            _ => new PythonEquality(Form.Integer, item.Bits),
        };
    }

    internal bool Equals(long item) => _form == Form.Integer && item == _integer;

    internal bool Equals(double item) =>
        _form == Form.Fraction ? item == _fraction : _form == Form.Integer && IsInteger(item, out long integer) && integer == _integer;

    internal bool EqualsNone() => _form == Form.None;

    internal bool EqualsStr(ReadOnlySpan<byte> utf8) => _form == Form.Str && utf8.SequenceEqual(_bytes);

    internal bool EqualsBytes(ReadOnlySpan<byte> bytes) => _form == Form.Bytes && bytes.SequenceEqual(_bytes);

    private static PythonEquality With(double value) =>
        IsInteger(value, out long integer) ? new PythonEquality(Form.Integer, integer) : new PythonEquality(Form.Fraction, fraction: value);

    private static PythonEquality WithBig(BigInteger value)
    {
        double nearest = (double)value;
        return double.IsFinite(nearest) && new BigInteger(nearest) == value
            ? new PythonEquality(Form.Fraction, fraction: nearest)
            : default;
    }

    private static bool IsInteger(double value, out long integer)
    {
        const double Limit = 9223372036854775808.0;
        integer = value >= -Limit && value < Limit ? (long)value : 0;
        return integer == value;
    }
}
