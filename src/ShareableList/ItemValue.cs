using System.Numerics;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// A value that a list can hold, checked, measured and without its box. For str and bytes the bits are the length in bytes.
/// </summary>
internal readonly struct ItemValue
{
    private readonly object? _source;
    private readonly int _start;

    private ItemValue(ItemKind kind, long bits, object? source = null, int start = 0)
    {
        Kind = kind;
        Bits = bits;
        _source = source;
        _start = start;
    }

    internal ItemKind Kind { get; }

    /// <summary>The int; the bits of the float; 1 for True; the length of str and bytes.</summary>
    internal long Bits { get; }

    /// <summary>The text of a str.</summary>
    internal string Text => (string)_source!;

    /// <summary>The bytes of a bytes.</summary>
    internal ReadOnlySpan<byte> Bytes => new((byte[])_source!, _start, (int)Bits);

    /// <summary>Whether it is a str or bytes that ends in NUL, and so needs its exact length in the format.</summary>
    internal bool EndsInNul => Kind switch
    {
        ItemKind.Str => Text.EndsWith('\0'),
        ItemKind.Bytes => Bytes is [.., 0],
        _ => false,
    };

    /// <summary>The slot that a new list gives it.</summary>
    internal int SlotSize => Kind is ItemKind.Str or ItemKind.Bytes ? ItemFormat.SlotSize((int)Bits) : ListLayout.SmallSlot;

    /// <summary>Takes any value that a list can hold.</summary>
    /// <param name="value">The value.</param>
    /// <param name="parameter">The name of the caller's parameter that it came in; null to leave it to who catches.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is an integer of more than 64 bits.</exception>
    /// <exception cref="ArgumentException">It is of a type that no list holds, or a text with a lone surrogate.</exception>
    internal static ItemValue From(object? value, string? parameter) => value switch
    {
        null => default,
        string text => new ItemValue(ItemKind.Str, Utf8Text.Count(text, parameter), text),
        byte[] bytes => new ItemValue(ItemKind.Bytes, bytes.Length, bytes),
        ReadOnlyMemory<byte> memory => From(memory),
        Memory<byte> memory => From((ReadOnlyMemory<byte>)memory),
        ArraySegment<byte> segment => From((ReadOnlyMemory<byte>)segment),
        _ when TryNumber(value, parameter, out ItemValue number) => number,
        _ => throw Unsupported(value.GetType(), parameter),
    };

    /// <summary>Any integer, fraction or bool; false for other types.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is an integer of more than 64 bits.</exception>
    internal static bool TryNumber(object value, string? parameter, out ItemValue number)
    {
        ItemValue? found = value switch
        {
            int i => Int(i),
            long i => Int(i),
            double d => Float(d),
            bool b => new ItemValue(ItemKind.Bool, b ? 1 : 0),
            float f => Float(f),
            sbyte i => Int(i),
            byte i => Int(i),
            short i => Int(i),
            ushort i => Int(i),
            uint i => Int(i),
            ulong i => Big(i),
            nint i => Int(i),
            nuint i => Big(i),
            Int128 i => Big(i),
            UInt128 i => Big(i),
            BigInteger i => Big(i),
            Half f => Float((double)f),
            _ => null,
        };
        number = found.GetValueOrDefault();
        return found.HasValue;

        static ItemValue Int(long value) => new(ItemKind.Int, value);
        static ItemValue Float(double value) => new(ItemKind.Float, BitConverter.DoubleToInt64Bits(value));
        ItemValue Big(BigInteger value) => value >= long.MinValue && value <= long.MaxValue
            ? Int((long)value)
            : throw new ArgumentOutOfRangeException(parameter, $"A list holds integers of 64 bits, and {value} has more.");
    }

    /// <summary>The same with bytes of its own, for a value whose source may overwrite them.</summary>
    internal ItemValue Detach() => Kind == ItemKind.Bytes ? new ItemValue(ItemKind.Bytes, Bits, Bytes.ToArray()) : this;

    internal static ArgumentException Unsupported(Type type, string? parameter) => new(
        $"A list holds null, bool, integers, floats, string and bytes, and not {type}.", parameter);

    private static ItemValue From(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment)
            ? new ItemValue(ItemKind.Bytes, segment.Count, segment.Array ?? [], segment.Offset)
            : new ItemValue(ItemKind.Bytes, memory.Length, memory.ToArray());
}
