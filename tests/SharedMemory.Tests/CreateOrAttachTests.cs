namespace Multiprocessing.Tests;

public sealed class CreateOrAttachTests
{
    [Fact]
    public void The_first_makes_it_and_the_next_attach()
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();

        SharedMemory first = scratch.Keep(SharedMemory.CreateOrAttach(name, 100));
        SharedMemory second = scratch.Keep(SharedMemory.CreateOrAttach(name, 100));
        first.Span[99] = 1;

        Assert.True(first.WasCreated);
        Assert.False(second.WasCreated);
        Assert.Equal(1, second.Span[99]);
    }

    [Fact]
    public void Who_attaches_gets_the_whole_block_whatever_smaller_size_it_asked_for()
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(100);

        Assert.Equal(100, scratch.Keep(SharedMemory.CreateOrAttach(block.Name, 1)).Size);
        Assert.Equal(100, scratch.Keep(SharedMemory.CreateOrAttach(block.Name, 100)).Size);
    }

    [Fact]
    public void One_that_is_smaller_than_needed_is_refused_and_stays()
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(100);

        string message = Assert.Throws<InvalidDataException>(() => SharedMemory.CreateOrAttach(block.Name, 101)).Message;

        Assert.Contains(block.Name, message, StringComparison.Ordinal);
        Assert.Contains("100", message, StringComparison.Ordinal);
        Assert.Contains("101", message, StringComparison.Ordinal);
        Assert.Equal(100, scratch.Attach(block.Name).Size);
    }

    [Fact]
    public void It_works_with_files()
    {
        using var scratch = new Scratch();
        string path = scratch.NewPath();
        var inFile = new SharedMemoryOptions { Backing = SharedMemoryBacking.File };

        SharedMemory first = scratch.Keep(SharedMemory.CreateOrAttach(path, 100, inFile));
        SharedMemory second = scratch.Keep(SharedMemory.CreateOrAttach($"file://{path}", 100));

        Assert.Equal((true, false), (first.WasCreated, second.WasCreated));
    }

    [Fact]
    public void An_anonymous_block_cannot_be_attached_to_by_a_wish() =>
        Assert.Throws<ArgumentException>("options", static () =>
            SharedMemory.CreateOrAttach("psm_wish", 1, new SharedMemoryOptions { Backing = SharedMemoryBacking.Anonymous }));

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void The_size_must_be_positive(long size) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(size), () => SharedMemory.CreateOrAttach("psm_size", size));

    [Fact]
    public void A_name_that_is_taken_and_leads_nowhere_ends_in_an_error() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        string path = scratch.NewPath();
        File.CreateSymbolicLink(path, scratch.NewPath());

        Assert.Throws<FileNotFoundException>(() => SharedMemory.CreateOrAttach($"file://{path}", 10));
    });
}
