using System.Buffers.Binary;

namespace Multiprocessing;

/// <summary>Reads MessagePack, one value after the other: an array and a map are their counts, and their items come next.</summary>
/// <remarks>
/// <code>
/// 00-7f  integer         c4-c6  binary, length in 1, 2, 4 bytes    d0-d3  signed integer in 1, 2, 4, 8 bytes
/// 80-8f  map, 0-15       c7-c9  extension, the same                d4-d8  extension of 1, 2, 4, 8, 16 bytes
/// 90-9f  array, 0-15     ca     float in 4 bytes                   d9-db  string, length in 1, 2, 4 bytes
/// a0-bf  string, 0-31    cb     float in 8 bytes                   dc-dd  array, count in 2, 4 bytes
/// c0     nil             cc-cf  integer in 1, 2, 4, 8 bytes        de-df  map, count in 2, 4 bytes
/// c2-c3  false, true     c1     nothing                            e0-ff  integer, -32 to -1
/// </code>
/// Everything is big-endian (https://github.com/msgpack/msgpack/blob/master/spec.md). Extensions are refused: JSON-RPC has no use for them. Nothing is allocated.
/// </remarks>
internal ref struct MessagePackReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    internal MessagePackType Type { get; private set; }

    internal bool Boolean { get; private set; }

    internal long Integer { get; private set; }

    internal ulong Unsigned { get; private set; }

    internal double Float { get; private set; }

    /// <summary>Of a string or binary. A string's may be no UTF-8.</summary>
    internal ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The items of an array, the pairs of a map, as claimed.</summary>
    internal uint Count { get; private set; }

    internal readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Reads the next value.</summary>
    /// <exception cref="InvalidDataException">There is none, or not whole, or it is an extension.</exception>
    internal void Read()
    {
        byte code = Take(1)[0];
        switch (code)
        {
            case <= 0x7f:
                SetInteger(code);
                break;
            case <= 0x8f:
                SetCount(MessagePackType.Map, code & 0xfu);
                break;
            case <= 0x9f:
                SetCount(MessagePackType.Array, code & 0xfu);
                break;
            case <= 0xbf:
                SetBytes(MessagePackType.String, code & 0x1fu);
                break;
            case 0xc0:
                Type = MessagePackType.Nil;
                break;
            case 0xc2 or 0xc3:
                Type = MessagePackType.Boolean;
                Boolean = code == 0xc3;
                break;
            case >= 0xc4 and <= 0xc6:
                SetBytes(MessagePackType.Binary, (uint)TakeNumber(1 << (code - 0xc4)));
                break;
            case 0xca:
                SetFloat(BinaryPrimitives.ReadSingleBigEndian(Take(4)));
                break;
            case 0xcb:
                SetFloat(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                break;
            case >= 0xcc and <= 0xcf:
                SetUnsigned(TakeNumber(1 << (code - 0xcc)));
                break;
            case >= 0xd0 and <= 0xd3:
                int size = 1 << (code - 0xd0);
                int unused = 64 - (8 * size);
                SetInteger((long)TakeNumber(size) << unused >> unused);
                break;
            case >= 0xd9 and <= 0xdb:
                SetBytes(MessagePackType.String, (uint)TakeNumber(1 << (code - 0xd9)));
                break;
            case 0xdc or 0xdd:
                SetCount(MessagePackType.Array, (uint)TakeNumber(2 << (code - 0xdc)));
                break;
            case 0xde or 0xdf:
                SetCount(MessagePackType.Map, (uint)TakeNumber(2 << (code - 0xde)));
                break;
            case >= 0xe0:
                SetInteger((sbyte)code);
                break;
            default:
                throw new InvalidDataException($"The message has a value of the code 0x{code:x2}, which is not taken here.");
        }
    }

    private void SetInteger(long value)
    {
        Type = MessagePackType.Integer;
        Integer = value;
    }

    private void SetUnsigned(ulong value)
    {
        Type = value <= long.MaxValue ? MessagePackType.Integer : MessagePackType.Unsigned;
        Integer = (long)value;
        Unsigned = value;
    }

    private void SetFloat(double value)
    {
        Type = MessagePackType.Float;
        Float = value;
    }

    private void SetCount(MessagePackType type, uint count)
    {
        Type = type;
        Count = count;
    }

    private void SetBytes(MessagePackType type, uint length)
    {
        Type = type;
        Bytes = Take(length);
    }

    /// <summary>A big-endian number of 1, 2, 4 or 8 bytes.</summary>
    private ulong TakeNumber(int size)
    {
        ulong value = 0;
        foreach (byte part in Take((uint)size))
        {
            value = (value << 8) | part;
        }

        return value;
    }

    private ReadOnlySpan<byte> Take(uint length)
    {
        if (length > (uint)_rest.Length)
        {
            throw new InvalidDataException("The message ends within a value.");
        }

        ReadOnlySpan<byte> taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}
