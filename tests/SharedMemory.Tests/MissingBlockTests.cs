namespace Multiprocessing.Tests;

/// <summary>The exceptions of section "errors" for blocks that are not there, not sized, not ours, or too big.</summary>
public sealed class MissingBlockTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_such_block_is_a_FileNotFoundException_with_the_name(bool readOnly)
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();

        FileNotFoundException e = Assert.Throws<FileNotFoundException>(() => SharedMemory.Attach(name, readOnly));

        Assert.Equal(name, e.FileName);
        Assert.Contains(name, e.Message, StringComparison.Ordinal);
        Assert.False(SharedMemory.Exists(name));
        Assert.False(SharedMemory.TryUnlink(name));
    }

    [Fact]
    public void No_such_file_is_a_FileNotFoundException_with_the_name()
    {
        using var scratch = new Scratch();
        string name = $"file://{scratch.NewPath()}";

        Assert.Equal(name, Assert.Throws<FileNotFoundException>(() => SharedMemory.Attach(name)).FileName);
        Assert.False(SharedMemory.Exists(name));
        Assert.False(SharedMemory.TryUnlink(name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_block_that_is_never_sized_is_an_InvalidDataException_and_stays(bool readOnly) => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string name = scratch.Unsized();

        string message = Assert.Throws<InvalidDataException>(() => SharedMemory.Attach(name, readOnly)).Message;

        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => SharedMemory.CreateOrAttach(name, 10));
        Assert.True(SharedMemory.Exists(name));
    });

    [Fact]
    public void A_pipe_is_no_block_and_does_not_block_who_tries() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        string path = scratch.NewPath();
        using (var make = System.Diagnostics.Process.Start("mkfifo", path))
        {
            make.WaitForExit();
        }

        Assert.False(SharedMemory.Exists($"file://{path}"));
        Assert.Throws<InvalidDataException>(() => SharedMemory.Attach($"file://{path}", readOnly: true));
        Assert.Throws<InvalidDataException>(() => SharedMemory.Attach($"file://{path}"));
        Assert.True(File.Exists(path));
    });

    [Fact]
    public void A_block_that_does_not_fit_the_address_space_is_an_InsufficientMemoryException_and_stays()
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();
        const long Huge = 1L << 50;
        using (FileStream file = File.Create(Scratch.PathOf(name)))
        {
            file.SetLength(Huge);
        }

        string message = Assert.Throws<InsufficientMemoryException>(() => SharedMemory.Attach(name)).Message;

        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Throws<InsufficientMemoryException>(() => SharedMemory.Attach(name, readOnly: true));
        Assert.Throws<InsufficientMemoryException>(() => SharedMemory.CreateOrAttach(name, 10));
        Assert.Equal(Huge, SharedMemory.List().Single(info => info.Name == name).Size);
    }

    [Theory]
    [InlineData(1L << 50)]
    [InlineData(long.MaxValue)]
    public void A_creation_that_cannot_be_mapped_leaves_nothing(long size)
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();

        Assert.Throws<InsufficientMemoryException>(() => SharedMemory.Create(size, name, new SharedMemoryOptions { Reserve = false }));

        Assert.False(SharedMemory.Exists(name));
    }

    [Fact]
    public void A_creation_with_more_than_there_is_says_so_and_leaves_nothing()
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();

        SharedMemoryFullException e = Assert.Throws<SharedMemoryFullException>(() => SharedMemory.Create(long.MaxValue, name));

        Assert.Equal(long.MaxValue, e.RequestedBytes);
        Assert.False(SharedMemory.Exists(name));
    }
}
