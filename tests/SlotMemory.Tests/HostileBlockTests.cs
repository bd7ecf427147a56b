using System.Buffers.Binary;

namespace Multiprocessing.Tests;

/// <summary>A block is never believed.</summary>
public sealed class HostileBlockTests
{
    [Theory]
    [InlineData(SlotLayout.SizeAt, 0L)]
    [InlineData(SlotLayout.SizeAt, 16L)]
    [InlineData(SlotLayout.SizeAt, -1L)]
    [InlineData(SlotLayout.SizeAt, 1L << 40)]
    [InlineData(SlotLayout.CountAt, 0L)]
    [InlineData(SlotLayout.CountAt, 5L)]
    [InlineData(SlotLayout.CountAt, 0x7fffffffL)]
    [InlineData(SlotLayout.CountAt, 0xffffffffL)]
    [InlineData(SlotLayout.CountAt, (0x8000L << 32) | 4)]
    [InlineData(SlotLayout.CountAt, (1L << 32) | 4)]
    [InlineData(SlotLayout.StrideAt, 16L)]
    [InlineData(SlotLayout.StrideAt, -8L)]
    [InlineData(SlotLayout.AlignmentAt, 0L)]
    [InlineData(SlotLayout.AlignmentAt, 3L)]
    [InlineData(SlotLayout.AlignmentAt, 16L)]
    [InlineData(24, 64L)]
    [InlineData(24, 1L << 40)]
    public void A_field_that_does_not_fit_the_others_is_refused(int offset, long value)
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 4);
        BinaryPrimitives.WriteInt64LittleEndian(table.Block.Span[offset..], value);
        Assert.Contains(table.Name, Assert.Throws<InvalidDataException>(() => SlotMemory.Attach(table.Name)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(5000, "/tmp/x")]
    [InlineData(-1, "/tmp/x")]
    [InlineData(4, "rel/")]
    [InlineData(6, "/tm\0px")]
    public void A_path_that_is_none_is_refused(int length, string path)
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 4, new() { Persist = scratch.File });
        table.Block.GetReference<int>(SlotLayout.PathLengthAt) = length;
        System.Text.Encoding.UTF8.GetBytes(path, table.Block.AsSpan<byte>(SlotLayout.PathAt, SlotLayout.MostPathBytes));
        Assert.Throws<InvalidDataException>(() => SlotMemory.Attach(table.Name));
    }

    [Fact]
    public void What_is_no_table_is_refused()
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();
        using (SharedMemory block = SharedMemory.Create(100, name))
        {
            block.Span.Fill((byte)'x');
        }

        Assert.Contains("'xxxxxxxx'", Assert.Throws<InvalidDataException>(() => SlotMemory.Attach(name)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => SlotMemory.CreateOrAttach(name, 8, 4));
    }

    [Fact]
    public unsafe void Another_kind_version_or_an_unfinished_table_is_refused()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 4);
        fixed (byte* start = table.Block.Span)
        {
            StructureHeader.Publish(start, "ring", SlotLayout.Version, table.Block.Size);
            Assert.Contains("a ring", Assert.Throws<InvalidDataException>(() => SlotMemory.Attach(table.Name)).Message, StringComparison.Ordinal);
            StructureHeader.Publish(start, SlotLayout.Kind, 2, table.Block.Size);
            Assert.Contains("layout 2", Assert.Throws<InvalidDataException>(() => SlotMemory.Attach(table.Name)).Message, StringComparison.Ordinal);
            StructureHeader.Withdraw(start);
            Assert.Contains("no finished slots", Assert.Throws<InvalidDataException>(() => SlotMemory.Attach(table.Name)).Message, StringComparison.Ordinal);
        }
    }
}
