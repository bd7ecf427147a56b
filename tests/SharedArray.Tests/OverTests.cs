namespace Multiprocessing.Tests;

/// <summary>Arrays in somebody's block, without a footer.</summary>
public sealed class OverTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_part_of_a_block_is_an_array_and_the_block_stays_open()
    {
        using SharedMemory block = _scratch.Keep(SharedMemory.Create(100, _scratch.NewName()));
        SharedArray<int> array = SharedArray<int>.Over(block, [3, 4], 8);
        array[2, 3] = 5;
        Assert.Equal(5, block.GetReference<int>(8 + 44));
        Assert.Equal(block.Address + 8, array.Address);
        Assert.Same(block, array.Block);
        SharedArray raw = SharedArray.Over(block, [3, 4], SharedArrayType.Int32, 8);
        Assert.Equal(5, ((SharedArray<int>)raw)[2, 3]);
        array.Dispose();
        Assert.Throws<ObjectDisposedException>(() => array[0, 0]);
        Assert.Equal(5, raw.As<int>()[2, 3]);
        block.Dispose();
        Assert.Throws<ObjectDisposedException>(() => raw.As<int>()[2, 3]);
        Assert.Throws<ObjectDisposedException>(() => SharedArray<int>.Over(block, [1]));
    }

    [Fact]
    public void It_may_end_where_the_block_ends_and_not_past_it()
    {
        using SharedMemory block = _scratch.Keep(SharedMemory.Create(100, _scratch.NewName()));
        Assert.Equal(25, SharedArray<int>.Over(block, [25]).Length);
        Assert.Equal(97, SharedArray<byte>.Over(block, [97], 3).Length);
        Assert.Equal(0, SharedArray<int>.Over(block, [0], 100).Length);
        Assert.Equal(12, SharedArray<double>.Over(block, [12], 3).Length);
        foreach ((nint[] shape, long offset) in ((nint[], long)[])
            [([26], 0), ([25], 1), ([25], -4), ([0], 101), ([1], long.MaxValue), ([1], long.MinValue), ([unchecked((nint)(1L << 62))], 0), ([-1], 0)])
        {
            Assert.ThrowsAny<ArgumentException>(() => SharedArray<int>.Over(block, shape, offset));
        }
    }

    [Fact]
    public void Over_a_read_only_block_it_is_read_only()
    {
        string name = _scratch.NewName();
        _scratch.Keep(SharedMemory.Create(100, name));
        SharedMemory block = _scratch.Keep(SharedMemory.Attach(name, readOnly: true));
        SharedArray<int> array = SharedArray<int>.Over(block, [25]);
        Assert.Equal(0, array[24]);
        Assert.Throws<NotSupportedException>(() => array[24] = 1);
    }
}
