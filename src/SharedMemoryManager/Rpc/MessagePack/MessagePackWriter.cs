using System.Buffers;
using System.Buffers.Binary;

namespace Multiprocessing;

/// <summary>Writes MessagePack, each value in its shortest form. Codes: <see cref="MessagePackReader"/>.</summary>
internal readonly ref struct MessagePackWriter(IBufferWriter<byte> output)
{
    internal void WriteNil() => WriteCode(0xc0);

    internal void WriteBoolean(bool value) => WriteCode(value ? (byte)0xc3 : (byte)0xc2);

    internal void WriteInteger(long value)
    {
        switch (value)
        {
            case >= 0:
                WriteUnsigned((ulong)value);
                break;
            case >= -32:
                WriteCode((byte)value);
                break;
            case >= sbyte.MinValue:
                Write(0xd0, (ulong)value, 1);
                break;
            case >= short.MinValue:
                Write(0xd1, (ulong)value, 2);
                break;
            case >= int.MinValue:
                Write(0xd2, (ulong)value, 4);
                break;
            default:
                Write(0xd3, (ulong)value, 8);
                break;
        }
    }

    internal void WriteUnsigned(ulong value)
    {
        switch (value)
        {
            case <= 0x7f:
                WriteCode((byte)value);
                break;
            case <= byte.MaxValue:
                Write(0xcc, value, 1);
                break;
            case <= ushort.MaxValue:
                Write(0xcd, value, 2);
                break;
            case <= uint.MaxValue:
                Write(0xce, value, 4);
                break;
            default:
                Write(0xcf, value, 8);
                break;
        }
    }

    internal void WriteFloat(double value) => Write(0xcb, BitConverter.DoubleToUInt64Bits(value), 8);

    internal void WriteString(ReadOnlySpan<byte> utf8)
    {
        switch (utf8.Length)
        {
            case <= 31:
                WriteCode((byte)(0xa0 | utf8.Length));
                break;
            case <= byte.MaxValue:
                Write(0xd9, (ulong)utf8.Length, 1);
                break;
            default:
                WriteLength(0xda, utf8.Length);
                break;
        }

        output.Write(utf8);
    }

    /// <summary>Begins an array; its items come next.</summary>
    internal void WriteArray(int count) => WriteCount(0x90, 0xdc, count);

    /// <summary>Begins a map; its keys and values come next, in turns.</summary>
    internal void WriteMap(int count) => WriteCount(0x80, 0xde, count);

    private void WriteCount(byte few, byte many, int count)
    {
        if (count <= 15)
        {
            WriteCode((byte)(few | count));
        }
        else
        {
            WriteLength(many, count);
        }
    }

    /// <summary>A length in 2 bytes or, with the code after that, in 4.</summary>
    private void WriteLength(byte code, int length)
    {
        if (length <= ushort.MaxValue)
        {
            Write(code, (ulong)length, 2);
        }
        else
        {
            Write((byte)(code + 1), (ulong)length, 4);
        }
    }

    private void WriteCode(byte code) => Write(code, 0, 0);

    /// <summary>A code, and the last <paramref name="size"/> bytes of a number.</summary>
    private void Write(byte code, ulong number, int size)
    {
        Span<byte> whole = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(whole, number);
        Span<byte> space = output.GetSpan(1 + size);
        space[0] = code;
        whole[(8 - size)..].CopyTo(space[1..]);
        output.Advance(1 + size);
    }
}
