using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Multiprocessing;

/// <content>The values that contain no others.</content>
internal ref partial struct PickleReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private bool TryScalar(byte op)
    {
        switch (op)
        {
            case PickleOp.None:
                Push(null);
                break;
            case PickleOp.True:
            case PickleOp.False:
                Push(op == PickleOp.True);
                break;
            case PickleOp.Int32:
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                break;
            case PickleOp.UInt8:
                Push((long)Byte());
                break;
            case PickleOp.UInt16:
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                break;
            case PickleOp.Long1:
                Push(Long(Take(Byte())));
                break;
            case PickleOp.IntegerLine:
                Push(IntegerOfLine());
                break;
            case PickleOp.LongLine:
                Push(Integer(Line().TrimEnd((byte)'L')));
                break;
            case PickleOp.Float:
                Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                break;
            case PickleOp.FloatLine:
                Push(FloatOfLine());
                break;
            default:
                return TryText(op);
        }

        return true;
    }

    private bool TryText(byte op)
    {
        switch (op)
        {
            case PickleOp.ShortText:
                Push(Text(Take(Byte())));
                break;
            case PickleOp.Text:
                Push(Text(Take(Length4())));
                break;
            case PickleOp.Text8:
                Push(Text(Take(Length8())));
                break;
            case PickleOp.TextLine:
                Push(RawUnicodeEscape(Line()));
                break;
            case PickleOp.ShortBytes:
                Push(Take(Byte()).ToArray());
                break;
            case PickleOp.Bytes:
                Push(Take(Length4()).ToArray());
                break;
            case PickleOp.Bytes8:
                Push(Take(Length8()).ToArray());
                break;
            default:
                return false;
        }

        return true;
    }

    private byte Byte() => Take(1)[0];

    private int Length4() => Length(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));

    private int Length8() => Length(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));

    private readonly int Length(ulong length) =>
        length <= (ulong)_pickle.Length ? (int)length : throw Refusal("a value is longer than what is there");

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _pickle.Length - _at)
        {
            throw Refusal("it ends too early");
        }

        _at += count;
        return _pickle.Slice(_at - count, count);
    }

    private ReadOnlySpan<byte> Line()
    {
        int length = _pickle[_at..].IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = length < 0 ? throw Refusal("a line has no end") : Take(length + 1);
        return line[..length];
    }

    private object IntegerOfLine()
    {
        ReadOnlySpan<byte> line = Line();
        return line.SequenceEqual("01"u8) ? true : line.SequenceEqual("00"u8) ? false : Integer(line);
    }

    private readonly long Integer(ReadOnlySpan<byte> digits) =>
        long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw Refusal("an int is none, or has more than 64 bits");

    private uint IndexOfLine() =>
        uint.TryParse(Line(), NumberStyles.None, CultureInfo.InvariantCulture, out uint index) ? index : throw Refusal("an index is none");

    private readonly long Long(ReadOnlySpan<byte> littleEndian)
    {
        if (littleEndian.Length > sizeof(long))
        {
            throw Refusal("an int has more than 64 bits");
        }

        // Two's complement: the highest bit that is there is the sign.
        long value = 0;
        for (int i = littleEndian.Length - 1; i >= 0; i--)
        {
            value = (value << 8) | littleEndian[i];
        }

        int unused = 8 * (sizeof(long) - littleEndian.Length);
        return littleEndian.IsEmpty ? 0 : value << unused >> unused;
    }

    private double FloatOfLine()
    {
        ReadOnlySpan<byte> line = Line();
        return line.SequenceEqual("inf"u8) ? double.PositiveInfinity
            : line.SequenceEqual("-inf"u8) ? double.NegativeInfinity
            : line.SequenceEqual("nan"u8) ? double.NaN
            : double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
            : throw Refusal("a float is none");
    }

    private readonly string Text(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return StrictUtf8.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw Refusal("a str is no UTF-8");
        }
    }

    /// <summary>Python's codec of that name: Latin-1, with \uXXXX and \UXXXXXXXX, by which a pickle writes backslashes as well.</summary>
    private readonly string RawUnicodeEscape(ReadOnlySpan<byte> line)
    {
        var text = new StringBuilder(line.Length);
        for (int i = 0; i < line.Length;)
        {
            int digits = line[i] != '\\' || i + 1 == line.Length ? 0 : line[i + 1] == 'u' ? 4 : line[i + 1] == 'U' ? 8 : 0;
            if (digits == 0)
            {
                text.Append((char)line[i++]);
                continue;
            }

            bool isHex = i + 2 + digits <= line.Length
                & uint.TryParse(
                    line.Slice(i + 2, Math.Min(digits, line.Length - i - 2)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code);
            if (!isHex || !Rune.TryCreate(code, out Rune rune))
            {
                throw Refusal("a str has an escape that is none");
            }

            text.Append(rune.ToString());
            i += 2 + digits;
        }

        return text.ToString();
    }
}
