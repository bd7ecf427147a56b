using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <content>Assigning by type. Everything is checked before the first byte is written.</content>
public sealed unsafe partial class ShareableList
{
    /// <summary>A text of so many chars is encoded on the stack: measuring it first would take as long as writing it.</summary>
    private const int SmallText = 128;

    /// <summary>Assigns None.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="InvalidDataException">It has no valid slot: what was found and where.</exception>
    /// <exception cref="NotSupportedException">The list is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public void SetNull(int index) => SetWord(index, ItemFormat.None, ItemCode.None, 0);

    /// <summary>Assigns an int.</summary>
    /// <inheritdoc cref="SetNull"/>
    public void SetInt64(int index, long value) => SetWord(index, ItemFormat.Int, ItemCode.Plain, (ulong)value);

    /// <summary>Assigns a float.</summary>
    /// <inheritdoc cref="SetNull"/>
    public void SetDouble(int index, double value) =>
        SetWord(index, ItemFormat.Float, ItemCode.Plain, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Assigns a bool.</summary>
    /// <inheritdoc cref="SetNull"/>
    public void SetBoolean(int index, bool value)
    {
        ulong flag = value ? 1UL : 0;
        SetWord(index, ItemFormat.Bool, ItemCode.Plain, BitConverter.IsLittleEndian ? flag << 56 : flag);
    }

    /// <summary>Assigns a str.</summary>
    /// <exception cref="ArgumentException">
    /// It has more bytes of UTF-8 than the slot, or a lone surrogate; or it ends in NUL and fills a slot of a million bytes or more,
    /// which no format can say.
    /// </exception>
    /// <inheritdoc cref="SetNull"/>
    [SkipLocalsInit]
    public void SetString(int index, ReadOnlySpan<char> value)
    {
        Slot slot = LocateToWrite(index);
        if (value.Length <= SmallText)
        {
            Span<byte> utf8 = stackalloc byte[SmallText * Utf8Text.MostBytesPerChar];
            utf8 = utf8[..Utf8Text.Write(value, utf8, nameof(value))];
            SetText(index, slot, utf8, ItemCode.Str);
        }
        else
        {
            SetLongString(index, slot, value);
        }
    }

    /// <summary>Assigns a bytes.</summary>
    /// <exception cref="ArgumentException">
    /// It is longer than the slot; or it ends in NUL and fills a slot of a million bytes or more, which no format can say.
    /// </exception>
    /// <inheritdoc cref="SetNull"/>
    public void SetBytes(int index, ReadOnlySpan<byte> value) => SetText(index, LocateToWrite(index), value, ItemCode.Bytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SetWord(int index, ulong format, byte code, ulong word)
    {
        Slot slot = LocateToWrite(index);
        if (slot.Size < ListLayout.SmallSlot)
        {
            ThrowTooSmall(index, slot.Size);
        }

        slot.Write(format, code, word);
    }

    private void SetText(int index, Slot slot, ReadOnlySpan<byte> value, byte code)
    {
        ulong format = FormatOf(index, slot, value.Length, endsInNul: value is [.., 0], nameof(value));
        bool changes = !slot.Is(format, code);
        if (changes)
        {
            slot.BeginChange();
        }

        value.CopyTo(new Span<byte>(slot.Data, value.Length));
        NativeMemory.Clear(slot.Data + value.Length, (nuint)(slot.Size - value.Length));
        if (changes)
        {
            slot.EndChange(format, code);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SetLongString(int index, Slot slot, ReadOnlySpan<char> value)
    {
        int length = Utf8Text.Count(value, nameof(value));
        ulong format = FormatOf(index, slot, length, endsInNul: value[^1] == '\0', nameof(value));
        bool changes = !slot.Is(format, ItemCode.Str);
        if (changes)
        {
            slot.BeginChange();
        }

        Utf8Text.Write(value, new Span<byte>(slot.Data, length), nameof(value));
        NativeMemory.Clear(slot.Data + length, (nuint)(slot.Size - length));
        if (changes)
        {
            slot.EndChange(format, ItemCode.Str);
        }
    }

    /// <summary>The format for a str or bytes that comes into a slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong FormatOf(int index, Slot slot, int length, bool endsInNul, string parameter)
    {
        if (length > slot.Size)
        {
            ThrowTooLong(index, slot.Size, length, parameter);
        }

        return endsInNul || slot.Size > ItemFormat.MaxSlotSize
            ? ExactFormatOf(index, slot, length, parameter)
            : ItemFormat.Padded(slot.Size);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ExactFormatOf(int index, Slot slot, int length, string parameter)
    {
        ulong format = ItemFormat.Exact(length, slot.Size);
        return format != 0
            ? format
            : throw new ArgumentException(
                $"Item {index} of the list '{Name}' would need a format of more than 8 characters: {length} bytes that end in NUL "
                + $"in a slot of {slot.Size}.", parameter);
    }

    [DoesNotReturn]
    private void ThrowTooLong(int index, long slotSize, int length, string parameter) => throw new ArgumentException(
        $"The item exceeds the {slotSize} bytes of its slot: it has {length} (item {index} of the list '{Name}').", parameter);

    [DoesNotReturn]
    private void ThrowTooSmall(int index, long slotSize) => throw new InvalidDataException(
        $"Slot {index} of the list '{Name}' is said to have {slotSize} bytes, but no slot has fewer than 8: somebody has overwritten it.");
}
