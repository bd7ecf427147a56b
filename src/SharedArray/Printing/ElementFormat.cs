using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>Prints elements of an array, all to the width that those which are shown need.</summary>
internal abstract class ElementFormat(SharedArray array)
{
    /// <summary>The bytes of an element.</summary>
    protected ReadOnlySpan<byte> Bytes(long offset) => array.ElementAt(offset);

    /// <summary>As one of many.</summary>
    internal abstract string InArray(long offset);

    /// <summary>As the only element of an array without dimensions.</summary>
    internal virtual string Alone(long offset) => InArray(offset);

    internal static ElementFormat Of(SharedArray array, List<long> shown)
    {
        SharedArrayType type = array.ElementType;
        return type.Kind switch
        {
            SharedArrayKind.Boolean => new BooleanFormat(array),
            SharedArrayKind.SignedInteger or SharedArrayKind.UnsignedInteger or SharedArrayKind.DateTime or SharedArrayKind.TimeSpan =>
                new IntegerFormat(array, shown),
            SharedArrayKind.Float when type.ItemSize <= sizeof(double) => new RealFormat(array, shown),
            SharedArrayKind.Complex when type.ItemSize <= 2 * sizeof(double) => new ComplexFormat(array, shown),
            SharedArrayKind.Bytes or SharedArrayKind.Unicode => new TextFormat(array),
            _ => new RawFormat(array),
        };
    }

    private sealed class BooleanFormat(SharedArray array) : ElementFormat(array)
    {
        internal override string InArray(long offset) => Bytes(offset)[0] != 0 ? " True" : "False";

        internal override string Alone(long offset) => InArray(offset).Trim();
    }

    private sealed class IntegerFormat : ElementFormat
    {
        private readonly SharedArrayType _type;
        private readonly int _width;

        internal IntegerFormat(SharedArray array, List<long> shown)
            : base(array)
        {
            _type = array.ElementType;
            _width = shown.Select(offset => Text(offset).Length).DefaultIfEmpty().Max();
        }

        internal override string InArray(long offset) => Text(offset).PadLeft(_width);

        internal override string Alone(long offset) =>
            Text(offset) is var text && _type.Kind == SharedArrayKind.TimeSpan && text != "NaT" ? text + " generic time units" : text;

        private string Text(long offset)
        {
            ReadOnlySpan<byte> bytes = Bytes(offset);
            if (_type.Kind is SharedArrayKind.DateTime or SharedArrayKind.TimeSpan && MemoryMarshal.Read<long>(bytes) == long.MinValue)
            {
                return "NaT";
            }

            var number = new BigInteger(bytes, isUnsigned: _type.Kind == SharedArrayKind.UnsignedInteger, isBigEndian: !BitConverter.IsLittleEndian);
            return number.ToString(CultureInfo.InvariantCulture);
        }
    }

    private sealed class RealFormat : ElementFormat
    {
        private readonly int _size;
        private readonly RealColumn _column;

        internal RealFormat(SharedArray array, List<long> shown)
            : base(array)
        {
            _size = array.ElementType.ItemSize;
            _column = new RealColumn([.. shown.Select(offset => Real.Read(Bytes(offset), _size))], _size, showsPlus: false);
        }

        internal override string InArray(long offset) => _column.Text(Real.Read(Bytes(offset), _size));

        internal override string Alone(long offset) => Real.Alone(Real.Read(Bytes(offset), _size), _size, wholeEnd: ".0");
    }

    private sealed class ComplexFormat : ElementFormat
    {
        private readonly int _size;
        private readonly RealColumn _real;
        private readonly RealColumn _imaginary;

        internal ComplexFormat(SharedArray array, List<long> shown)
            : base(array)
        {
            _size = array.ElementType.ItemSize / 2;
            _real = new RealColumn([.. shown.Select(Part(0))], _size, showsPlus: false);
            _imaginary = new RealColumn([.. shown.Select(Part(_size))], _size, showsPlus: true);
        }

        internal override string InArray(long offset)
        {
            // The j stands before the spaces that fill up the column.
            string imaginary = _imaginary.Text(Part(_size)(offset));
            string digits = imaginary.TrimEnd();
            return $"{_real.Text(Part(0)(offset))}{digits}j{imaginary[digits.Length..]}";
        }

        internal override string Alone(long offset)
        {
            double real = Part(0)(offset);
            double imaginary = Part(_size)(offset);
            string text = Real.Alone(imaginary, _size, wholeEnd: "");
            if (real == 0 && double.IsPositive(real))
            {
                return text + "j";
            }

            return $"({Real.Alone(real, _size, wholeEnd: "")}{(text[0] == '-' ? "" : "+")}{text}j)";
        }

        private Func<long, double> Part(int byteOffset) => offset => Real.Read(Bytes(offset)[byteOffset..], _size);
    }
}
