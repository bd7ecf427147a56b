namespace Multiprocessing.Tests;

/// <summary>AsSpan and GetReference take what lies within the block, to the byte, and nothing else.</summary>
public sealed class BoundsTests : IDisposable
{
    private const int Size = 100;

    private readonly Scratch _scratch = new();
    private readonly SharedMemory _block;

    public BoundsTests() => _block = _scratch.Create(Size);

    public static TheoryData<long> OutsideForOneByte =>
        [-1, -Size, Size, Size + 1, int.MaxValue, uint.MaxValue, 1L << 32, long.MinValue, long.MaxValue];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(OutsideForOneByte))]
    public void A_byte_outside_is_refused(long offset)
    {
        Assert.Throws<ArgumentOutOfRangeException>("byteOffset", () => _block.GetReference<byte>(offset));
        Assert.Throws<ArgumentOutOfRangeException>("byteOffset", () => _block.GetReadOnlyReference<byte>(offset));
        Assert.Throws<ArgumentOutOfRangeException>(() => _block.AsSpan<byte>(offset, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => _block.AsReadOnlySpan<byte>(offset, 1));
    }

    [Theory]
    [InlineData(Size - 7)]
    [InlineData(Size - 1)]
    [InlineData(Size)]
    [InlineData(-1)]
    [InlineData(-8)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue - 7)]
    [InlineData(long.MinValue)]
    public void Eight_bytes_that_are_partly_outside_are_refused(long offset)
    {
        Assert.Throws<ArgumentOutOfRangeException>("byteOffset", () => _block.GetReference<long>(offset));
        Assert.Throws<ArgumentOutOfRangeException>(() => _block.AsSpan<long>(offset, 1));
    }

    [Theory]
    [InlineData(0, 101)]
    [InlineData(0, int.MaxValue)]
    [InlineData(0, -1)]
    [InlineData(0, int.MinValue)]
    [InlineData(50, 51)]
    [InlineData(100, 1)]
    [InlineData(100, int.MaxValue)]
    public void A_length_that_is_too_much_is_refused(long offset, int length)
    {
        Assert.Throws<ArgumentOutOfRangeException>(nameof(length), () => _block.AsSpan<byte>(offset, length));
        Assert.Throws<ArgumentOutOfRangeException>(nameof(length), () => _block.AsReadOnlySpan<byte>(offset, length));
    }

    [Theory]
    [InlineData(12, 12)]
    [InlineData(0, 13)]
    [InlineData(0, (1 << 29) + 1)]
    [InlineData(0, int.MaxValue)]
    public void A_length_whose_bytes_would_overflow_is_refused(long offset, int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(length), () => _block.AsSpan<long>(offset, length));

    [Fact]
    public void What_lies_within_is_given_to_the_last_byte()
    {
        Assert.Equal(100, _block.AsSpan<byte>().Length);
        Assert.Equal(0, _block.AsSpan<byte>(100).Length);
        Assert.Equal(0, _block.AsSpan<byte>(100, 0).Length);
        Assert.Equal(12, _block.AsSpan<long>().Length);
        Assert.Equal(11, _block.AsSpan<long>(5).Length);
        Assert.Equal(0, _block.AsSpan<long>(93).Length);
        Assert.Equal(1, _block.AsSpan<long>(92, 1).Length);
        Assert.Equal(3, _block.AsReadOnlySpan<short>(94).Length);
        Assert.Equal(0, _block.GetReference<long>(92));
        Assert.Equal(Guid.Empty, _block.GetReference<Guid>(84));
        Assert.Throws<ArgumentOutOfRangeException>(() => _block.GetReference<Guid>(85));
    }

    [Fact]
    public void A_value_larger_than_the_block_is_refused()
    {
        SharedMemory small = _scratch.Create(3);

        Assert.Throws<ArgumentOutOfRangeException>(() => small.GetReference<long>(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => small.GetReference<long>(-5));
        Assert.Equal(0, small.AsSpan<long>().Length);
    }

    [Fact]
    public void Offsets_need_no_alignment()
    {
        _block.GetReference<long>(3) = 0x0102030405060708;
        _block.AsSpan<int>(13, 2)[1] = 0x0a0b0c0d;

        Assert.Equal([8, 7, 6, 5, 4, 3, 2, 1], _block.AsSpan<byte>(3, 8).ToArray());
        Assert.Equal([0x0d, 0x0c, 0x0b, 0x0a], _block.AsSpan<byte>(17, 4).ToArray());
    }

    [Fact]
    public void A_refusal_names_the_block_and_what_was_asked()
    {
        string message = Assert.Throws<ArgumentOutOfRangeException>(() => _block.GetReference<long>(96)).Message;

        Assert.Contains(_block.Name, message, StringComparison.Ordinal);
        Assert.Contains("8 bytes at offset 96", message, StringComparison.Ordinal);
        Assert.Contains("100 bytes", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_way_in_leads_to_the_same_bytes()
    {
        _block.Span[10] = 1;

        Assert.Equal(1, _block.ReadOnlySpan[10]);
        Assert.Equal(1, _block.Memory.Span[10]);
        Assert.Equal(1, _block.ReadOnlyMemory.Span[10]);
        Assert.Equal(1, _block.AsSpan<byte>(10)[0]);
        Assert.Equal(1, _block.AsReadOnlySpan<byte>(10)[0]);
        Assert.Equal(1, _block.GetReference<byte>(10));
        Assert.Equal(1, _block.GetReadOnlyReference<byte>(10));
        unsafe
        {
            Assert.Equal(1, ((byte*)_block.Address)[10]);
        }
    }
}
