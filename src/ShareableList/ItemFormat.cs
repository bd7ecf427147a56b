using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// The format of one item: the text that CPython's <c>struct</c> unpacks it with, as the 8 bytes that stand in the block (ASCII,
/// NULs after it; a text of 8 characters has none).
/// <code>
/// item    format      bytes in its slot                              code
/// int     q           int64                                          0
/// float   d           IEEE double                                    0
/// bool    xxxxxxx?    7 zeros, then 0 or 1 (any other reads True)    0
/// None    xxxxxx?x    8 zeros, which nobody reads                    3
/// str     SLOTs       UTF-8, then NULs to the end of the slot        1
/// bytes   SLOTs       the bytes, then NULs to the end of the slot    2
/// str, bytes that end in NULs, which CPython loses:
///         LENs        LEN bytes, exactly, NULs and all               1, 2
///         0SLOTs      the whole slot, exactly                        1, 2
/// (any)   changing    an assignment changes its type right now, or died doing so
/// </code>
/// SLOT and LEN are decimal: the size of the slot and the length of the value, in bytes. The exact forms are ours, and
/// <c>struct</c> reads them: CPython gets the value without the NULs at its end, as it does with its own.
/// </summary>
internal static class ItemFormat
{
    /// <summary>The largest slot whose size fits the format: 7 digits and the <c>s</c>.</summary>
    internal const int MaxSlotSize = 9_999_992;

    /// <summary>The longest str or bytes of a new list: a slot has at least one byte to spare.</summary>
    internal const int MaxItemSize = MaxSlotSize - 1;

    private const int MaxDigits = 7;
    private const int MaxCount = 9_999_999;
    private const byte Letter = (byte)'s';

    /// <summary>The padded formats of the slots up to 248 bytes, by size / 8.</summary>
    private static readonly ulong[] Small = [.. Enumerable.Range(0, 32).Select(eighth => Build(eighth * 8, leadingZero: false))];

    internal static ulong Int => Native(0x71);

    internal static ulong Float => Native(0x64);

    internal static ulong Bool => Native(0x3f78_7878_7878_7878);

    internal static ulong None => Native(0x783f_7878_7878_7878);

    /// <summary>
    /// What stands there while a type changes. Not a format on purpose: an empty one would end a Python loop over the list in
    /// silence (its IndexError means the end), this one is an error that names itself.
    /// </summary>
    internal static ulong Changing => Native(0x676e_6967_6e61_6863);

    /// <summary>The size of the slot for a str or bytes of so many bytes: CPython's, with one byte at least to spare.</summary>
    internal static int SlotSize(int length) => 8 * ((length / 8) + 1);

    /// <summary>The format of a value that is padded to its slot. The slot is at most 9,999,999 bytes.</summary>
    internal static ulong Padded(long slotSize)
    {
        ulong[] small = Small;
        ulong eighth = (ulong)slotSize >> 3;
        return (slotSize & 7) == 0 && eighth < (ulong)small.Length ? small[eighth] : Build((int)slotSize, leadingZero: false);
    }

    /// <summary>Whether this is the padded format of one of the smaller slots: the reader's short cut.</summary>
    internal static bool IsSmallPadded(ulong format, long slotSize)
    {
        ulong[] small = Small;
        ulong eighth = (ulong)slotSize >> 3;
        return (slotSize & 7) == 0 && eighth < (ulong)small.Length && small[eighth] == format;
    }

    /// <summary>The format of a value that keeps the NULs at its end, or 0 if it has none: 8 characters are too few.</summary>
    internal static ulong Exact(int length, long slotSize) =>
        length > MaxCount || (length == slotSize && length > MaxCount / 10) ? 0 : Build(length, leadingZero: length == slotSize);

    /// <summary>Reads a <c>%ds</c>, as <c>struct</c> does: no digits mean 1.</summary>
    /// <returns>False if it is not one.</returns>
    internal static bool TryParse(ulong format, out int length, out bool leadingZero)
    {
        ReadOnlySpan<byte> text = MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in format));
        length = 0;
        leadingZero = text[0] == '0';
        int at = 0;
        while (at < text.Length && char.IsAsciiDigit((char)text[at]))
        {
            length = (length * 10) + (text[at++] - '0');
        }

        if (at == 0)
        {
            length = 1;
        }

        return at < text.Length && text[at] == Letter && text[(at + 1)..].IndexOfAnyExcept((byte)0) < 0;
    }

    /// <summary>The text, without the NULs after it.</summary>
    internal static string ToText(ulong format)
    {
        ReadOnlySpan<byte> text = MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in format));
        return Encoding.Latin1.GetString(text.TrimEnd((byte)0));
    }

    private static ulong Build(int count, bool leadingZero)
    {
        ulong format = 0;
        Span<byte> text = MemoryMarshal.AsBytes(new Span<ulong>(ref format));
        int at = leadingZero ? 1 : 0;
        text[0] = (byte)'0';
        bool fits = count.TryFormat(text[at..MaxDigits], out int digits, provider: null);
        text[at + digits] = Letter;
        return fits ? format : throw new ArgumentOutOfRangeException(nameof(count));
    }

    /// <summary>Formats are written above with their first character in the lowest byte.</summary>
    private static ulong Native(ulong littleEndian) =>
        BitConverter.IsLittleEndian ? littleEndian : BinaryPrimitives.ReverseEndianness(littleEndian);
}
