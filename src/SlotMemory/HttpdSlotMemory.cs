using System.Globalization;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A table of slots that a running Apache httpd has: a segment of its mod_slotmem_shm, attached to by the file name that the module knows it by.
/// The workers of a balancer, say, as they are now.
/// </summary>
/// <remarks>
/// <para>The module has no lock and no atomic operation, so a slot may change while it is read, and there is no grab and no release here: nobody could make them
/// safe from outside. For 64-bit machines of httpd's own byte order, where APR makes POSIX shared memory (Linux, FreeBSD, macOS).</para>
/// <para>Layout of the segment (httpd 2.4, modules/slotmem/mod_slotmem_shm.c; APR 1.7, shmem/unix/shm.c):</para>
/// <code>
///  offset       size    field
///  0            8       APR: size of the whole object, these 8 bytes included
///  8            8       slot size
///  16           4       slot count n
///  20           4       type: 1 persist, 4 pre-grab, 8 clear in-use
///  24           4       free slots, as the module counts; and 4 bytes of nothing
///  32           size·n  the slots, one after the other, not aligned
///  32+size·n    n       in-use bytes, 0 or 1
/// </code>
/// <para>A graceful restart makes new segments under the next generation's names, and this goes on showing the old one.</para>
/// </remarks>
public sealed unsafe class HttpdSlotMemory : IDisposable
{
    private const int SizeAt = 8;
    private const int CountAt = 16;
    private const int TypeAt = 20;
    private const int FreeAt = 24;
    private const int SlotsAt = 32;
    private const uint PreGrab = 4;

    private readonly long _inUseAt;

    private HttpdSlotMemory(SharedMemory block, string fileName)
    {
        Block = block;
        FileName = fileName;
        byte* start = block.Start;
        if (block.Size < SlotsAt)
        {
            throw new InvalidDataException($"'{block.Name}' has {block.Size} bytes, too few for a table of httpd's.");
        }

        ulong whole = *(ulong*)start;
        ulong slotSize = *(ulong*)(start + SizeAt);
        uint count = *(uint*)(start + CountAt);
        if (whole > (ulong)block.Size || slotSize > int.MaxValue || count > int.MaxValue
            || SlotsAt + (slotSize * count) + count != whole)
        {
            throw new InvalidDataException(
                $"'{block.Name}' is no table of httpd's: it says it has {count} slots of {slotSize} bytes in {whole} bytes, and has {block.Size}.");
        }

        SlotSize = (int)slotSize;
        Count = (int)count;
        Type = *(int*)(start + TypeAt);
        _inUseAt = SlotsAt + ((long)SlotSize * Count);
    }

    /// <summary>The file name that httpd knows the table by.</summary>
    public string FileName { get; }

    /// <summary>The block that the table is in. Its name is <see cref="SegmentName"/> of <see cref="FileName"/>.</summary>
    public SharedMemory Block { get; }

    /// <summary>How many slots there are.</summary>
    public int Count { get; }

    /// <summary>How many bytes a slot has.</summary>
    public int SlotSize { get; }

    /// <summary>The <c>ap_slotmem_type_t</c>: 1 persist, 4 pre-grab, 8 clear in-use; the sum of those that apply.</summary>
    public int Type { get; }

    /// <summary>How many slots are not in use, counted now.</summary>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public int FreeCount => new ReadOnlySpan<byte>(Block.Start + _inUseAt, Count).Count((byte)0);

    /// <summary>How many slots are free by the module's own count, which grabs and releases alone change, without a lock.</summary>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public long StoredFreeCount => Volatile.Read(ref *(uint*)(Block.Start + FreeAt));

    /// <summary>
    /// The file name of a table that the module was given by a relative name: <c>FOLDER/slotmem-shm-NAME_GENERATION.shm</c>, the generation in hex. A name that begins with
    /// a slash is the file name itself.
    /// </summary>
    /// <param name="runtimeFolder">httpd's DefaultRuntimeDir.</param>
    /// <param name="name">The name of the table.</param>
    /// <param name="generation">How many times httpd was restarted: its scoreboard tells, and the log at level debug.</param>
    public static string FileNameOf(string runtimeFolder, string name, int generation = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(runtimeFolder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegative(generation);
        return name[0] == '/'
            ? name
            : string.Create(CultureInfo.InvariantCulture, $"{runtimeFolder.TrimEnd('/')}/slotmem-shm-{name}_{generation:x}.shm");
    }

    /// <summary>The name of the block for a table's file name, by APR's two hashes: <c>ShM.…H…</c>.</summary>
    public static string SegmentName(string fileName)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        return AprSegmentName.Of(fileName);
    }

    /// <summary>Attaches to a table of a running httpd.</summary>
    /// <param name="fileName">The file name that the module knows it by (see <see cref="FileNameOf"/>).</param>
    /// <param name="readOnly">Whether to map it for reading only (default).</param>
    /// <exception cref="FileNotFoundException">There is no such segment.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's: httpd's segments belong to the user that started it.</exception>
    /// <exception cref="InvalidDataException">It is no table of httpd's: the message says what was found.</exception>
    public static HttpdSlotMemory Attach(string fileName, bool readOnly = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        SharedMemory block = SharedMemory.Attach(AprSegmentName.Of(fileName), readOnly);
        try
        {
            return new HttpdSlotMemory(block, fileName);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of a slot, in place, to read (dptr). Not to be used after <see cref="Dispose"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public ReadOnlySpan<byte> ReadOnlySlot(int index) => new(Locate(index), SlotSize);

    /// <summary>The bytes of a slot, in place (dptr). Not to be used after <see cref="Dispose"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="NotSupportedException">The table is attached read-only, as by default.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public Span<byte> Slot(int index)
    {
        byte* slot = Locate(index);
        return Block.IsReadOnly
            ? throw new NotSupportedException($"The table '{FileName}' is attached read-only.")
            : new Span<byte>(slot, SlotSize);
    }

    /// <summary>Copies the beginning of a slot (get).</summary>
    /// <param name="index">Which slot.</param>
    /// <param name="destination">Where to; its length says how many bytes, at most <see cref="SlotSize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="ArgumentException">The destination is longer than a slot.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public void Get(int index, Span<byte> destination)
    {
        ReadOnlySpan<byte> slot = ReadOnlySlot(index);
        if (destination.Length > SlotSize)
        {
            throw new ArgumentException($"A slot of '{FileName}' has {SlotSize} bytes, not {destination.Length}.", nameof(destination));
        }

        slot[..destination.Length].CopyTo(destination);
    }

    /// <summary>Whether a slot is in use.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public bool IsInUse(int index)
    {
        Locate(index);
        return Volatile.Read(ref Block.Start[_inUseAt + index]) != 0;
    }

    /// <summary>Shows all slots, in their order; those in use only if the table's type says pre-grab (doall).</summary>
    /// <param name="visitor">Is shown the slots until it says to stop.</param>
    /// <returns>Whether it was shown all; false if it said to stop.</returns>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public bool ForEachReadOnly(ReadOnlySlotVisitor visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        for (int i = 0; i < Count; i++)
        {
            if (((uint)Type & PreGrab) != 0 && !IsInUse(i))
            {
                continue;
            }

            if (!visitor(i, ReadOnlySlot(i)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Closes this process's mapping. The table is httpd's.</summary>
    public void Dispose() => Block.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"HttpdSlotMemory('{FileName}', {Count} slots of {SlotSize} bytes)";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Locate(int index)
    {
        byte* start = Block.Start;
        return (uint)index < (uint)Count
            ? start + SlotsAt + ((long)index * SlotSize)
            : throw new ArgumentOutOfRangeException(nameof(index), index, $"The table '{FileName}' has {Count} slots.");
    }
}
