namespace Multiprocessing.Tests;

/// <summary>A block of 5 GiB, sparse, so that it costs the few pages that are written.</summary>
public sealed class BigBlockTests : IDisposable
{
    private const long Size = 5L << 30;

    private readonly Scratch _scratch = new();
    private readonly SharedMemory _block;

    public BigBlockTests() => _block = _scratch.Create(Size, options: new SharedMemoryOptions { Reserve = false });

    public static TheoryData<long> Offsets =>
        [0, int.MaxValue - 3L, int.MaxValue, 1L << 31, (1L << 31) + 1, uint.MaxValue - 3L, 1L << 32, (1L << 32) + 12345, Size - 8];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Offsets))]
    public void Values_are_reached_at_any_offset(long offset)
    {
        SharedMemory other = _scratch.Attach(_block.Name);
        Assert.Equal(Size, other.Size);

        _block.GetReference<long>(offset) = offset + 1;
        Assert.Equal(offset + 1, other.GetReference<long>(offset));
        Assert.Equal(offset + 1, other.AsSpan<long>(offset, 1)[0]);
        Assert.Equal(offset + 1, _scratch.Attach(_block.Name, readOnly: true).GetReadOnlyReference<long>(offset));
        unsafe
        {
            Assert.Equal(offset + 1, *(long*)(other.Address + (nint)offset));
        }
    }

    [Fact]
    public void What_one_span_cannot_hold_is_refused_with_advice()
    {
        Action[] tooMuch =
        [
            () => _ = _block.Span, () => _ = _block.ReadOnlySpan, () => _ = _block.Memory, () => _ = _block.ReadOnlyMemory,
            () => _block.AsSpan<byte>(), () => _block.AsReadOnlySpan<byte>(), () => _block.AsSpan<byte>(1L << 31),
        ];

        Assert.All(
            tooMuch, use => Assert.Contains(_block.Name, Assert.Throws<InvalidOperationException>(use).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Parts_of_up_to_2_G_values_are_given()
    {
        Assert.Equal(int.MaxValue, _block.AsSpan<byte>(5, int.MaxValue).Length);
        Assert.Equal(int.MaxValue, _block.AsSpan<byte>(Size - int.MaxValue).Length);
        Assert.Equal(Size / 8, _block.AsSpan<long>().Length);
        Assert.Equal(10, _block.AsSpan<byte>(Size - 10).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => _block.GetReference<byte>(Size));
        Assert.Throws<ArgumentOutOfRangeException>(() => _block.AsSpan<byte>(Size - 9, 10));
    }

    [Fact]
    public void A_block_of_exactly_2_GiB_less_one_is_the_largest_span()
    {
        SharedMemory largest = _scratch.Create(int.MaxValue, options: new SharedMemoryOptions { Reserve = false });

        largest.Span[^1] = 1;

        Assert.Equal(1, largest.Memory.Span[int.MaxValue - 1]);
    }
}
