using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Makes a new list in two steps, so that nothing is left of one that fails: walk the items once, checking and measuring each;
/// then create the block and fill it, which cannot fail any more.
/// </summary>
internal sealed unsafe class ListBuilder
{
    private readonly List<ItemValue> _items;
    private long _dataSize;

    private ListBuilder(int capacity) => _items = new List<ItemValue>(capacity);

    private ListLayout Layout => new(_items.Count, _dataSize);

    /// <summary>Walks the items.</summary>
    internal static ListBuilder Measure(IEnumerable<object?> items, string parameter)
    {
        // A collection holds its items; what makes them on the way may well hand out the same buffer again and again.
        bool keepsItems = items is ICollection<object?>;
        var builder = new ListBuilder(items.TryGetNonEnumeratedCount(out int count) ? count : 0);
        foreach (object? item in items)
        {
            ItemValue value;
            try
            {
                value = ItemValue.From(item, parameter: null);
            }
            catch (ArgumentOutOfRangeException e)
            {
                throw new ArgumentOutOfRangeException(parameter, $"Item {builder._items.Count}: {e.Message}");
            }
            catch (ArgumentException e)
            {
                throw new ArgumentException($"Item {builder._items.Count}: {e.Message}", parameter);
            }

            builder.Add(keepsItems ? value : value.Detach(), parameter);
        }

        return builder;
    }

    /// <summary>Creates the block and fills it.</summary>
    internal SharedMemory Build(string? name, SharedMemoryOptions? options)
    {
        SharedMemory block = SharedMemory.Create(Layout.TotalSize, name, options);
        Fill(block.Start);
        return block;
    }

    private void Add(ItemValue value, string parameter)
    {
        if (value.Kind is ItemKind.Str or ItemKind.Bytes && value.Bits > ItemFormat.MaxItemSize)
        {
            throw new ArgumentException(
                $"Item {_items.Count} has {value.Bits} bytes, and the format of a list can say no more than {ItemFormat.MaxItemSize}.",
                parameter);
        }

        _items.Add(value);
        _dataSize += value.SlotSize;
    }

    /// <summary>The block is all zeros. N comes last: until it is there, this is no list.</summary>
    private void Fill(byte* start)
    {
        ListLayout layout = Layout;
        long* offsets = (long*)(start + ListLayout.OffsetsStart);
        byte* data = start + layout.DataStart;
        byte* formats = start + layout.FormatStart;
        byte* codes = start + layout.CodeStart;
        long offset = 0;
        for (int i = 0; i < _items.Count; i++)
        {
            ItemValue item = _items[i];
            int slotSize = item.SlotSize;
            (ulong format, codes[i]) = Fill(item, data + offset, slotSize);
            Unsafe.WriteUnaligned(formats + ((long)i * ListLayout.WordSize), format);
            offset += slotSize;
            offsets[i + 1] = offset;
        }

        Volatile.WriteBarrier();
        *(long*)(start + ListLayout.CountOffset) = layout.Count;
    }

    private static (ulong Format, byte Code) Fill(ItemValue item, byte* slot, int slotSize)
    {
        switch (item.Kind)
        {
            case ItemKind.Int:
                Unsafe.WriteUnaligned(slot, item.Bits);
                return (ItemFormat.Int, ItemCode.Plain);
            case ItemKind.Float:
                Unsafe.WriteUnaligned(slot, item.Bits);
                return (ItemFormat.Float, ItemCode.Plain);
            case ItemKind.Bool:
                slot[ListLayout.SmallSlot - 1] = (byte)item.Bits;
                return (ItemFormat.Bool, ItemCode.Plain);
            case ItemKind.None:
                return (ItemFormat.None, ItemCode.None);
        }

        var destination = new Span<byte>(slot, slotSize);
        if (item.Kind == ItemKind.Str)
        {
            Utf8Text.Write(item.Text, destination, parameter: null);
        }
        else
        {
            item.Bytes.CopyTo(destination);
        }

        ulong format = item.EndsInNul ? ItemFormat.Exact((int)item.Bits, slotSize) : ItemFormat.Padded(slotSize);
        return (format, item.Kind == ItemKind.Str ? ItemCode.Str : ItemCode.Bytes);
    }
}
