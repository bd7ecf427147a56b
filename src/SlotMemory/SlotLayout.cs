using System.Numerics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>Where everything is in a table of slots.</summary>
/// <remarks>
/// <code>
///  offset   size     field
///       0     32     StructureHeader, kind "slots", version 1
///      32      8     slot size in bytes
///      40      4     slot count n
///      44      4     flags                      SlotFlags
///      48      8     stride                     from slot to slot: the slot size, rounded up to the alignment
///      56      4     alignment                  of the first slot and of the stride
///      60      4     bytes of the path
///      64      8     saver                      0, or the lease id of the process that writes the file now
///     128      8     fullness                   FullnessWord, on a line of its own
///     192    512     members                    64 lease ids           \ only with
///     704   4096     path of the file           UTF-8                  / SlotFlags.Persist
///       o    8·n     owners                     a word a slot          o = 192 or 4800
///       h            hints                      SlotHints              h = o + 8·n, up to a multiple of 64
///       s   stride·n slots                                             s = h + hints, up to a multiple of the alignment, at least 64
/// </code>
/// All numbers are little-endian, as all machines are that this runs on. What a word means and who may change it is in docs/protocol.md.
/// </remarks>
internal sealed unsafe class SlotLayout
{
    internal const string Kind = "slots";
    internal const uint Version = 1;
    internal const int Members = 64;
    internal const int MostPathBytes = 4096;
    internal const int MostAlignment = 4096;
    internal const int LineSize = 64;

    internal const int SizeAt = 32;
    internal const int CountAt = 40;
    internal const int FlagsAt = 44;
    internal const int StrideAt = 48;
    internal const int AlignmentAt = 56;
    internal const int PathLengthAt = 60;
    internal const int SaverAt = 64;
    internal const int FullnessAt = 128;
    internal const int MembersAt = 192;
    internal const int PathAt = MembersAt + (Members * sizeof(ulong));

    internal SlotLayout(int slotSize, int slotCount, int alignment, SlotFlags flags)
    {
        SlotSize = slotSize;
        Count = slotCount;
        Alignment = alignment;
        Flags = flags;
        Stride = RoundUp(slotSize, alignment);
        OwnersAt = flags.HasFlag(SlotFlags.Persist) ? PathAt + MostPathBytes : MembersAt;
        HintsAt = RoundUp(OwnersAt + ((long)slotCount * sizeof(ulong)), LineSize);
        SlotsAt = RoundUp(HintsAt + SlotHints.ByteSize(slotCount), Math.Max(alignment, LineSize));
        Size = SlotsAt + (Stride * slotCount);
    }

    internal int SlotSize { get; }

    internal int Count { get; }

    internal int Alignment { get; }

    internal SlotFlags Flags { get; }

    internal long Stride { get; }

    internal long OwnersAt { get; }

    internal long HintsAt { get; }

    internal long SlotsAt { get; }

    /// <summary>Of the whole structure in bytes.</summary>
    internal long Size { get; }

    internal bool IsPreGrab => (Flags & SlotFlags.PreGrab) != 0;

    internal bool IsPersist => (Flags & SlotFlags.Persist) != 0;

    /// <summary>Writes all but the header, which says that the table is there.</summary>
    internal void Write(byte* start)
    {
        *(ulong*)(start + SizeAt) = (ulong)SlotSize;
        *(int*)(start + CountAt) = Count;
        *(SlotFlags*)(start + FlagsAt) = Flags;
        *(long*)(start + StrideAt) = Stride;
        *(int*)(start + AlignmentAt) = Alignment;
    }

    /// <summary>Finds the table in a block, and believes nothing.</summary>
    /// <exception cref="InvalidDataException">It is no table of slots, or one that does not fit together.</exception>
    internal static SlotLayout Read(SharedMemory block)
    {
        byte* start = block.Start;
        long size = StructureHeader.Check(start, block.Size, Kind, Version, block.Name);
        if (size < MembersAt)
        {
            throw new InvalidDataException($"'{block.Name}' is a table of slots that says it has {size} bytes, too few for one.");
        }

        ulong slotSize = Unsafe.ReadUnaligned<ulong>(start + SizeAt);
        int count = *(int*)(start + CountAt);
        var flags = *(SlotFlags*)(start + FlagsAt);
        int alignment = *(int*)(start + AlignmentAt);
        if (slotSize is 0 or > int.MaxValue || count <= 0 || !IsAlignment(alignment) || (flags & ~SlotFlags.Known) != 0)
        {
            throw new InvalidDataException(
                $"'{block.Name}' is a table of slots that says it has {count} slots of {slotSize} bytes at multiples of {alignment}, and flags 0x{(uint)flags:x}.");
        }

        var layout = new SlotLayout((int)slotSize, count, alignment, flags);
        long stride = *(long*)(start + StrideAt);
        return layout.Size == size && layout.Stride == stride
            ? layout
            : throw new InvalidDataException(
                $"'{block.Name}' is a table of {count} slots of {slotSize} bytes, {stride} apart, that says it has {size} bytes; it should have {layout.Size}, {layout.Stride} apart.");
    }

    internal static bool IsAlignment(int alignment) => alignment is > 0 and <= MostAlignment && BitOperations.IsPow2(alignment);

    /// <summary>The geometry, for messages.</summary>
    public override string ToString() =>
        $"{Count} slots of {SlotSize} bytes{(IsPreGrab ? " (PreGrab)" : "")}";

    private static long RoundUp(long value, long multiple) => (value + multiple - 1) / multiple * multiple;
}
