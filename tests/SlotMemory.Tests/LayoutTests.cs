using System.Buffers.Binary;

namespace Multiprocessing.Tests;

/// <summary>The ABI, as a table: whoever changes it changes the version.</summary>
public sealed class LayoutTests
{
    [Theory]
    [InlineData("size", 32)]
    [InlineData("count", 40)]
    [InlineData("flags", 44)]
    [InlineData("stride", 48)]
    [InlineData("alignment", 56)]
    [InlineData("path length", 60)]
    [InlineData("saver", 64)]
    [InlineData("fullness", 128)]
    [InlineData("members", 192)]
    [InlineData("path", 704)]
    public void Fields_are_where_they_are(string field, int offset) => Assert.Equal(offset, field switch
    {
        "size" => SlotLayout.SizeAt,
        "count" => SlotLayout.CountAt,
        "flags" => SlotLayout.FlagsAt,
        "stride" => SlotLayout.StrideAt,
        "alignment" => SlotLayout.AlignmentAt,
        "path length" => SlotLayout.PathLengthAt,
        "saver" => SlotLayout.SaverAt,
        "fullness" => SlotLayout.FullnessAt,
        "members" => SlotLayout.MembersAt,
        _ => SlotLayout.PathAt,
    });

    [Theory]
    [InlineData(8, 1, 8, false, 192, 256, 320, 328)]
    [InlineData(8, 64, 64, false, 192, 704, 768, 4864)]
    [InlineData(16, 4096, 8, false, 192, 32960, 33024, 98560)]
    [InlineData(16, 4097, 8, false, 192, 33024, 33216, 98768)]
    [InlineData(8, 1, 4096, false, 192, 256, 4096, 8192)]
    [InlineData(8, 1, 8, true, 4800, 4864, 4928, 4936)]
    public void Sizes_follow_from_the_geometry(int slotSize, int count, int alignment, bool persist, int owners, int hints, int slots, int size)
    {
        var layout = new SlotLayout(slotSize, count, alignment, persist ? SlotFlags.Persist : SlotFlags.None);
        Assert.Equal((owners, hints, slots, size), (layout.OwnersAt, layout.HintsAt, layout.SlotsAt, layout.Size));
    }

    [Fact]
    public void A_block_reads_as_the_table_says()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(12, 3, new() { PreGrab = true, ClearOnGrab = true, ReleaseDeadWhenFull = true });
        table.Grab(1);
        ReadOnlySpan<byte> block = table.Block.ReadOnlySpan;

        Assert.Equal("MPSHARED"u8, block[..8]);
        Assert.Equal("slots\0\0\0"u8, block[16..24]);
        Assert.Equal(table.Block.Size, BinaryPrimitives.ReadInt64LittleEndian(block[24..]));
        Assert.Equal(12, BinaryPrimitives.ReadInt64LittleEndian(block[32..]));
        Assert.Equal(3, BinaryPrimitives.ReadInt32LittleEndian(block[40..]));
        Assert.Equal(0x304, BinaryPrimitives.ReadInt32LittleEndian(block[44..]));
        Assert.Equal(16, BinaryPrimitives.ReadInt64LittleEndian(block[48..]));
        Assert.Equal(8, BinaryPrimitives.ReadInt32LittleEndian(block[56..]));
        Assert.Equal(0UL, BinaryPrimitives.ReadUInt64LittleEndian(block[192..]));
        Assert.Equal(ProcessLease.Current.Id, BinaryPrimitives.ReadUInt64LittleEndian(block[200..]));
    }
}
