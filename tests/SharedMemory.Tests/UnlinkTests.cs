namespace Multiprocessing.Tests;

/// <summary>Unlink, TryUnlink, Exists.</summary>
public sealed class UnlinkTests
{
    [Fact]
    public void Unlink_takes_the_name_and_leaves_the_mappings()
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(10);
        SharedMemory other = scratch.Attach(block.Name);

        block.Unlink();

        Assert.False(SharedMemory.Exists(block.Name));
        block.Span[0] = 1;
        Assert.Equal(1, other.Span[0]);
        FileNotFoundException e = Assert.Throws<FileNotFoundException>(() => SharedMemory.Attach(block.Name));
        Assert.Equal(block.Name, e.FileName);
        Assert.Contains(block.Name, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_Unlink_says_that_the_name_is_gone()
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(10);
        SharedMemory other = scratch.Attach(block.Name);

        other.Unlink();

        Assert.Equal(block.Name, Assert.Throws<FileNotFoundException>(block.Unlink).FileName);
        Assert.False(SharedMemory.TryUnlink(block.Name));
    }

    [Fact]
    public void Unlink_works_after_Dispose()
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(10);

        block.Dispose();
        block.Unlink();

        Assert.False(SharedMemory.Exists(block.Name));
    }

    [Fact]
    public void A_block_that_was_attached_read_only_is_unlinked_too()
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(10);

        scratch.Attach(block.Name, readOnly: true).Unlink();

        Assert.False(SharedMemory.Exists(block.Name));
    }

    [Fact]
    public void The_name_of_an_unlinked_block_is_free_for_another()
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(10);
        block.Span[0] = 1;

        block.Unlink();
        SharedMemory next = scratch.Create(20, block.Name);

        Assert.Equal(0, next.Span[0]);
        Assert.Equal(1, block.Span[0]);
    }

    [Fact]
    public void A_block_outlives_the_Dispose_of_all_until_it_is_unlinked()
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(10);
        block.Span[5] = 55;
        block.Dispose();

        Assert.True(SharedMemory.Exists(block.Name));
        Assert.Equal(55, scratch.Attach(block.Name).Span[5]);
        Assert.True(SharedMemory.TryUnlink(block.Name));
        Assert.False(SharedMemory.TryUnlink(block.Name));
    }

    [Fact]
    public void A_block_without_a_size_exists_and_can_be_unlinked()
    {
        using var scratch = new Scratch();
        string name = scratch.Unsized();

        Assert.True(SharedMemory.Exists(name));
        Assert.True(SharedMemory.TryUnlink(name));
        Assert.False(SharedMemory.Exists(name));
    }

    [Fact]
    public void What_is_no_file_is_no_block()
    {
        using var scratch = new Scratch();
        string folder = Scratch.PathOf(scratch.NewName());
        Directory.CreateDirectory(folder);
        try
        {
            Assert.False(SharedMemory.Exists(Path.GetFileName(folder)));
            Assert.False(SharedMemory.Exists($"file://{scratch.Folder}"));
            Assert.DoesNotContain(SharedMemory.List(), info => info.Name == Path.GetFileName(folder));
            Assert.ThrowsAny<IOException>(() => SharedMemory.Attach(Path.GetFileName(folder)));
        }
        finally
        {
            Directory.Delete(folder);
        }
    }
}
