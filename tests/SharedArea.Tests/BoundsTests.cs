namespace Multiprocessing.Tests;

public sealed class BoundsTests
{
    private static readonly byte[] Five = new byte[5];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(4096)]
    public void What_does_not_lie_within_the_area_is_refused_and_changes_nothing(long size)
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area(size);
        (int Bytes, Action<long> Call)[] calls =
        [
            (1, p => area.Read8(p)), (1, p => area.ReadU8(p)), (2, p => area.Read16(p)), (2, p => area.ReadU16(p)), (4, p => area.Read32(p)),
            (4, p => area.ReadU32(p)), (8, p => area.Read64(p)), (8, p => area.ReadU64(p)), (1, p => area.Write8(p, 1)), (2, p => area.Write16(p, 1)),
            (4, p => area.Write32(p, 1)), (8, p => area.Write64(p, 1)), (1, p => area.Increment8(p)), (2, p => area.Increment16(p)),
            (4, p => area.Increment32(p)), (8, p => area.Increment64(p)), (1, p => area.Decrement8(p)), (2, p => area.Decrement16(p)),
            (4, p => area.Decrement32(p)), (8, p => area.Decrement64(p)), (1, p => area.CompareExchange8(p, 1, 0)),
            (2, p => area.CompareExchange16(p, 1, 0)), (4, p => area.CompareExchange32(p, 1, 0)), (8, p => area.CompareExchange64(p, 1, 0)),
            (5, p => area.Read(p, 5)), (5, p => area.Read(p, new byte[5])), (5, p => area.Write(p, Five)), (5, p => area.Write(p, "fives")),
            (0, p => area.Read(p)), (0, p => area.Write(p, "")),
        ];
        foreach ((int bytes, Action<long> call) in calls)
        {
            long[] outside =
            [
                -1, -bytes, long.MinValue, int.MinValue, size - bytes + 1, size + 1, long.MaxValue, long.MaxValue - bytes + 1, uint.MaxValue, 1L << 62,
            ];
            Assert.All(
                outside.Where(position => position < 0 || position > size - bytes),
                position => Assert.Throws<ArgumentOutOfRangeException>(() => call(position)));
        }

        Assert.Equal(0, area.UpdateCount);
        Assert.All(area.Read(0), static b => Assert.Equal(0, b));
        foreach ((int bytes, Action<long> call) in calls.Where(call => call.Bytes <= size))
        {
            call(size - bytes);
        }
    }

    [Fact]
    public void A_use_after_dispose_is_an_exception()
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        Memory<byte> memory = area.Memory;
        area.Write8(0, 1);
        area.Dispose();
        area.Dispose();
        Action[] calls =
        [
            () => area.Read8(0), () => area.Read64(0), () => area.Read64(1), () => area.Write64(0, 1), () => area.Write64(1, 1), () => area.Increment8(0),
            () => area.CompareExchange32(0, 1, 0), () => area.Read(0), () => area.Read(0, Span<byte>.Empty), () => area.Write(0, ""),
            () => area.Write(0, Five), () => area.EnterReadLock(), () => area.EnterWriteLock(), () => area.TryEnterReadLock(),
            () => _ = area.UpdateCount, area.MarkUpdated, () => area.Wait(0), () => area.WaitAsync(0), () => _ = area.Size, () => _ = area.Address,
            () => _ = area.Memory, () => _ = memory.Span, () => memory.Pin(), () => _ = area.IsTorn, area.ClearTorn,
        ];
        Assert.All(calls, static call => Assert.Throws<ObjectDisposedException>(call));
    }

    [Fact]
    public void A_pinned_memory_stays_mapped_until_it_is_let_go()
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        using System.Buffers.MemoryHandle pin = area.Memory[8..].Pin();
        area.Write64(8, 42);
        area.Dispose();
        unsafe
        {
            Assert.Equal(42, *(long*)pin.Pointer);
        }
    }

    [Fact]
    public void An_area_past_2_GiB_is_addressed_to_its_end()
    {
        using var scratch = new Scratch();
        const long Size = (3L << 30) + 5;
        SharedArea area = scratch.Area(new SharedAreaOptions { Size = Size, Block = new SharedMemoryOptions { Reserve = false } });
        area.Write(Size - 5, "there");
        Assert.Equal("there"u8.ToArray(), area.Read(Size - 5));
        Assert.Equal(7, area.Increment64((3L << 30) - 8, 7));
        Assert.Throws<InvalidOperationException>(() => area.Memory);
        Assert.Throws<ArgumentOutOfRangeException>(() => area.Read(0));
    }

    [Fact]
    public void What_is_no_area_is_said_to_be_none()
    {
        using var scratch = new Scratch();
        using SharedMemory block = scratch.Keep(SharedMemory.Create(20_000));
        try
        {
            Assert.Throws<InvalidDataException>(() => SharedArea.Attach(block.Name));
            using (SharedMutex mutex = SharedMutex.Create(block, 0))
            {
                Assert.Contains("mutex", Assert.Throws<InvalidDataException>(() => SharedArea.Attach(block.Name)).Message, StringComparison.Ordinal);
            }
        }
        finally
        {
            block.Unlink();
        }

        SharedArea area = scratch.Area(100);
        SharedMemory words = scratch.Words(area);
        foreach ((long size, long data) in ((long, long)[])[(101, 12288), (long.MaxValue, 12288), (-1, 12288), (100, 0), (100, -8), (100, long.MaxValue)])
        {
            words.GetReference<long>(AreaControl.SizeOffset) = size;
            words.GetReference<long>(AreaControl.DataOffset) = data;
            Assert.Throws<InvalidDataException>(() => SharedArea.Attach(area.Name));
        }

        Assert.Throws<FileNotFoundException>(() => SharedArea.Attach("psm_no_such_area"));
    }
}
