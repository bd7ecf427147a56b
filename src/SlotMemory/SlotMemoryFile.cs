namespace Multiprocessing;

/// <summary>
/// The file of a table, read without making the table: one of <see cref="SlotMemoryOptions.Persist"/>, or one of httpd's mod_slotmem_shm
/// (<c>slotmem-shm-NAME.shm.persist</c> in its DefaultRuntimeDir).
/// </summary>
public sealed class SlotMemoryFile
{
    private readonly byte[] _slots;
    private readonly byte[] _inUse;

    private SlotMemoryFile(SlotFileDescriptor descriptor, byte[] slots, byte[] inUse, uint free)
    {
        _slots = slots;
        _inUse = inUse;
        SlotSize = (int)descriptor.SlotSize;
        Type = (int)descriptor.Type;
        StoredFreeCount = free;
    }

    /// <summary>How many slots there are.</summary>
    public int Count => _inUse.Length;

    /// <summary>How many bytes a slot has.</summary>
    public int SlotSize { get; }

    /// <summary>The <c>ap_slotmem_type_t</c>: 1 persist, 4 pre-grab, 8 clear in-use; the sum of those that apply.</summary>
    public int Type { get; }

    /// <summary>How many slots are not in use.</summary>
    public int FreeCount => _inUse.AsSpan().Count((byte)0);

    /// <summary>
    /// How many slots are free by the count that the file carries. The module counts grabs and releases there, without a lock: slots that
    /// were written to without a grab are in use and not counted, and any number may stand here.
    /// </summary>
    public long StoredFreeCount { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="InvalidDataException">It is no whole file of a table: the message says what was found.</exception>
    public static SlotMemoryFile Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        using FileStream file = SlotFileReader.Open(path);
        try
        {
            SlotFileDescriptor descriptor = SlotFileReader.DescribedAtEnd(file);
            if (descriptor.SlotSize * descriptor.SlotCount > Array.MaxLength)
            {
                throw new InvalidDataException($"it has {descriptor}, more than can be held at once");
            }

            byte[] slots = new byte[descriptor.SlotSize * descriptor.SlotCount];
            byte[] inUse = new byte[descriptor.SlotCount];
            (uint free, _) = SlotFileReader.Read(
                file,
                descriptor.SlotSize,
                descriptor.SlotCount,
                (slot, offset, bytes) => bytes.CopyTo(slots.AsSpan((int)((slot * descriptor.SlotSize) + offset))),
                inUse);
            return new SlotMemoryFile(descriptor, slots, inUse, free);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{path}' is no whole file of a table of slots: {e.Message}.", e);
        }
    }

    /// <summary>The bytes of a slot.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    public ReadOnlySpan<byte> Slot(int index)
    {
        Check(index);
        return _slots.AsSpan((int)((long)index * SlotSize), SlotSize);
    }

    /// <summary>Whether a slot is in use.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    public bool IsInUse(int index)
    {
        Check(index);
        return _inUse[index] != 0;
    }

    private void Check(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
    }
}
