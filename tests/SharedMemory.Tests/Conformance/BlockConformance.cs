namespace Multiprocessing.Tests;

/// <summary>What holds for a block wherever its bytes live. One subclass for each backing.</summary>
public abstract partial class BlockConformance : IDisposable
{
    protected const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Scratch _scratch = new();

    private protected Scratch Scratch => _scratch;

    /// <summary>A new block of the backing under test, which the test need not unlink.</summary>
    protected abstract SharedMemory Create(long size, UnixFileMode mode = OwnerOnly, bool reserve = true);

    public void Dispose()
    {
        _scratch.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(1_000_003)]
    public void It_has_exactly_the_bytes_asked_for_to_its_creator_and_to_others(int size)
    {
        SharedMemory block = Create(size);
        SharedMemory other = Scratch.Attach(block.Name);

        Assert.Equal(size, block.Size);
        Assert.Equal(size, block.Span.Length);
        Assert.Equal(size, block.Memory.Length);
        Assert.Equal(size, other.Size);
        Assert.Equal(size, other.ReadOnlySpan.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_is_all_zeros(bool reserve)
    {
        SharedMemory block = Create(300_000, reserve: reserve);

        Assert.Equal(-1, block.ReadOnlySpan.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void What_one_writes_the_other_reads_both_ways()
    {
        SharedMemory block = Create(100);
        SharedMemory other = Scratch.Attach(block.Name);

        block.Span[0] = 1;
        other.Span[99] = 2;

        Assert.Equal(1, other.Span[0]);
        Assert.Equal(2, block.Span[99]);
        Assert.NotEqual(block.Address, other.Address);
    }

    [Fact]
    public void It_knows_who_made_it()
    {
        SharedMemory block = Create(10);
        SharedMemory other = Scratch.Attach(block.Name);

        Assert.True(block.WasCreated);
        Assert.False(other.WasCreated);
        Assert.Equal(block.Name, other.Name);
    }

    [Theory]
    [InlineData("600")]
    [InlineData("400")]
    [InlineData("644")]
    [InlineData("666")]
    [InlineData("777")]
    public void Its_mode_is_exactly_what_was_asked_for(string octal)
    {
        var mode = (UnixFileMode)Convert.ToInt32(octal, 8);

        SharedMemory block = Create(10, mode);

        Assert.Equal(mode, block.Mode);
        Assert.Equal(mode, Scratch.Attach(block.Name, readOnly: true).Mode);
    }

    [Fact]
    public void Attached_read_only_it_is_read_and_not_written()
    {
        SharedMemory block = Create(16);
        block.Span[3] = 7;

        SharedMemory reader = Scratch.Attach(block.Name, readOnly: true);

        Assert.True(reader.IsReadOnly);
        Assert.False(block.IsReadOnly);
        Assert.Equal(7, reader.ReadOnlySpan[3]);
        Assert.Equal(7, reader.ReadOnlyMemory.Span[3]);
        Assert.Equal(7, reader.AsReadOnlySpan<byte>(3, 1)[0]);
        Assert.Equal(7, reader.GetReadOnlyReference<byte>(3));
        Action[] writes =
        [
            () => _ = reader.Span,
            () => _ = reader.Memory,
            () => reader.AsSpan<byte>(),
            () => reader.GetReference<byte>(0) = 1,
        ];
        Assert.All(
            writes, write => Assert.Contains(block.Name, Assert.Throws<NotSupportedException>(write).Message, StringComparison.Ordinal));

        block.Span[3] = 8;
        Assert.Equal(8, reader.ReadOnlySpan[3]);
    }

    [Fact]
    public void Its_memory_is_locked_unlocked_and_flushed()
    {
        SharedMemory block = Create(10);

        block.Lock();
        block.Unlock();
        block.Flush();
        block.Flush(wait: false);
        Scratch.Attach(block.Name, readOnly: true).Flush();
    }

    [Fact]
    public void It_says_its_name_and_size()
    {
        SharedMemory block = Create(10);

        Assert.Equal($"SharedMemory('{block.Name}', size=10)", block.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Its_size_must_be_positive(long size) =>
        Assert.Equal("size", Assert.Throws<ArgumentOutOfRangeException>(() => Create(size)).ParamName);
}
