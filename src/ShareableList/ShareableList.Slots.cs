using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>From an index to a checked slot, and from a slot to what is in it. All that is unsafe about reading is here.</content>
public sealed unsafe partial class ShareableList
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Slot Locate(int index)
    {
        byte* start = Block.Start;
        if ((uint)index >= (uint)_layout.Count)
        {
            index = FromEnd(index);
        }

        long* offsets = (long*)(start + ListLayout.OffsetsStart) + index;
        long from = offsets[0];
        long to = offsets[1];
        if ((ulong)from > (ulong)to || (ulong)to > (ulong)_layout.DataSize)
        {
            ThrowMoved(index, from, to);
        }

        return new Slot(
            start + _layout.DataStart + from,
            to - from,
            start + _layout.FormatStart + ((long)index * ListLayout.WordSize),
            start + _layout.CodeStart + index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Slot LocateToWrite(int index)
    {
        if (_isReadOnly)
        {
            ThrowReadOnly();
        }

        return Locate(index);
    }

    /// <summary>The bytes of a str or bytes, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Read(int index, byte code, ItemKind kind)
    {
        Slot slot = Locate(index);
        if (slot.Code != code)
        {
            throw NotThat(index, slot, kind);
        }

        return ReadText(index, slot, kind);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> ReadText(int index, Slot slot, ItemKind kind) =>
        ItemFormat.IsSmallPadded(slot.Format, slot.Size)
            ? new ReadOnlySpan<byte>(slot.Data, LengthOfPadded(slot.Data, (int)slot.Size))
            : ReadAnyText(index, slot, kind);

    /// <summary>A str or bytes of any format: padded to its slot, or exact.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ReadOnlySpan<byte> ReadAnyText(int index, Slot slot, ItemKind kind)
    {
        if (!ItemFormat.TryParse(slot.Format, out int length, out bool leadingZero) || length > slot.Size)
        {
            throw NotThat(index, slot, kind);
        }

        bool exact = leadingZero || length < slot.Size;
        return new ReadOnlySpan<byte>(slot.Data, exact ? length : LengthOfPadded(slot.Data, length));
    }

    /// <summary>The length without the NULs at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int LengthOfPadded(byte* data, int size)
    {
        if (size == ListLayout.SmallSlot && BitConverter.IsLittleEndian)
        {
            return ListLayout.SmallSlot - (BitOperations.LeadingZeroCount(Unsafe.ReadUnaligned<ulong>(data)) / 8);
        }

        return new ReadOnlySpan<byte>(data, size).LastIndexOfAnyExcept((byte)0) + 1;
    }

    /// <summary>What is in a slot.</summary>
    /// <exception cref="InvalidDataException">Nothing that a list holds.</exception>
    private ItemKind KindOf(int index, Slot slot)
    {
        switch (slot.Code)
        {
            case ItemCode.Plain when slot.Holds(ItemFormat.Int, ItemCode.Plain):
                return ItemKind.Int;
            case ItemCode.Plain when slot.Holds(ItemFormat.Float, ItemCode.Plain):
                return ItemKind.Float;
            case ItemCode.Plain when slot.Holds(ItemFormat.Bool, ItemCode.Plain):
                return ItemKind.Bool;
            case ItemCode.None when slot.Holds(ItemFormat.None, ItemCode.None):
                return ItemKind.None;
            case ItemCode.Str when IsText(slot):
                return ItemKind.Str;
            case ItemCode.Bytes when IsText(slot):
                return ItemKind.Bytes;
            default:
                throw NoItem(index, slot);
        }

        static bool IsText(Slot slot) => ItemFormat.IsSmallPadded(slot.Format, slot.Size)
            || (ItemFormat.TryParse(slot.Format, out int length, out _) && length <= slot.Size);
    }

    private int FromEnd(int index)
    {
        int count = _layout.Count;
        return index < 0 && index >= -count
            ? index + count
            : throw new ArgumentOutOfRangeException(nameof(index), index, $"The list '{Name}' has {count} items.");
    }

    [DoesNotReturn]
    private void ThrowMoved(int index, long from, long to) => throw new InvalidDataException(
        $"Slot {index} of the list '{Name}' is said to begin at {from} of the data and to end at {to} (offset "
        + $"{ListLayout.OffsetsStart + ((long)index * ListLayout.WordSize)}), but there are {_layout.DataSize} "
        + "bytes: somebody has overwritten it.");

    [DoesNotReturn]
    private void ThrowReadOnly()
    {
        Block.ThrowIfDisposed();
        throw new NotSupportedException($"The list '{Name}' is attached read-only.");
    }

    /// <summary>Why a slot does not hold what was asked for.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private InvalidCastException NotThat(int index, Slot slot, ItemKind wanted)
    {
        ItemKind found = KindOf(index, slot);
        return new InvalidCastException($"Item {index} of the list '{Name}' is {Describe(found)} and not {Describe(wanted)}.");
    }

    private InvalidDataException NoItem(int index, Slot slot)
    {
        string what = slot.Format == ItemFormat.Changing
            ? "changes its type right now, or was left so by a process that died: assign it anew"
            : $"has the format {PythonRepr.Append(new(), ItemFormat.ToText(slot.Format))}, the code {slot.Code} and a slot of "
                + $"{slot.Size} bytes, which no Python writes";
        return new InvalidDataException(
            $"Item {index} of the list '{Name}' {what} (format at offset {_layout.FormatStart + ((long)index * ListLayout.WordSize)}, "
            + $"code at {_layout.CodeStart + index}).");
    }

    private InvalidDataException NotUtf8(int index) => new($"Item {index} of the list '{Name}' is a str whose bytes are not UTF-8.");

    private static string Describe(ItemKind kind) => kind switch
    {
        ItemKind.None => "None (null)",
        ItemKind.Bool => "a bool",
        ItemKind.Int => "an int (long)",
        ItemKind.Float => "a float (double)",
        ItemKind.Str => "a str (string)",
        _ => "a bytes (byte[])",
    };
}
