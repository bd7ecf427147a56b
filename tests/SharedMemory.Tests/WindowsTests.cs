namespace Multiprocessing.Tests;

/// <summary>What is different on Windows, where a block lives for as long as somebody has it open. Skipped elsewhere.</summary>
public sealed class WindowsTests
{
    private const string OnlyThere = "Tests named file mappings, which only Windows has.";

    private static readonly SharedMemoryOptions InFile = new() { Backing = SharedMemoryBacking.File };

    public static bool IsWindows => OperatingSystem.IsWindows();

    [Fact(Skip = OnlyThere, SkipUnless = nameof(IsWindows))]
    public void A_block_is_shared_by_name_and_attached_with_whole_pages()
    {
        using SharedMemory block = SharedMemory.Create(10);
        using SharedMemory other = SharedMemory.Attach(block.Name);
        block.Span[9] = 1;

        Assert.Equal(10, block.Size);
        Assert.Equal(0, other.Size % Environment.SystemPageSize);
        Assert.Equal(1, other.Span[9]);
    }

    [Fact(Skip = OnlyThere, SkipUnless = nameof(IsWindows))]
    public void A_block_goes_with_its_last_handle_and_Unlink_does_nothing()
    {
        SharedMemory block = SharedMemory.Create(10);
        SharedMemory other = SharedMemory.Attach(block.Name);

        block.Unlink();
        block.Dispose();
        Assert.True(SharedMemory.Exists(block.Name));
        other.Dispose();

        Assert.False(SharedMemory.Exists(block.Name));
        Assert.Equal(block.Name, Assert.Throws<FileNotFoundException>(() => SharedMemory.Attach(block.Name)).FileName);
    }

    [Fact(Skip = OnlyThere, SkipUnless = nameof(IsWindows))]
    public void A_name_that_is_taken_is_refused()
    {
        using SharedMemory block = SharedMemory.Create(10);

        Assert.Equal(block.Name, Assert.Throws<SharedMemoryExistsException>(() => SharedMemory.Create(10, block.Name)).Name);
        using SharedMemory other = SharedMemory.CreateOrAttach(block.Name, 10);
        Assert.False(other.WasCreated);
    }

    [Fact(Skip = OnlyThere, SkipUnless = nameof(IsWindows))]
    public void More_than_the_paging_file_holds_is_an_exception_with_a_remedy()
    {
        SharedMemoryFullException e = Assert.Throws<SharedMemoryFullException>(static () => SharedMemory.Create(1L << 46));

        Assert.Equal(1L << 46, e.RequestedBytes);
        Assert.Contains("paging file", e.Message, StringComparison.Ordinal);
    }

    [Fact(Skip = OnlyThere, SkipUnless = nameof(IsWindows))]
    public void A_file_is_mapped_twice_at_its_exact_size()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using (SharedMemory block = SharedMemory.Create(10, path, InFile))
            using (SharedMemory other = SharedMemory.Attach(block.Name))
            using (SharedMemory reader = SharedMemory.Attach(block.Name, readOnly: true))
            {
                other.Span[9] = 1;
                Assert.Equal((10L, 10L, (byte)1), (other.Size, reader.Size, block.Span[9]));
                Assert.Throws<SharedMemoryExistsException>(() => SharedMemory.Create(10, path, InFile));
            }

            Assert.Equal(10, new FileInfo(path).Length);
            Assert.True(SharedMemory.TryUnlink($"file://{path}"));
            Assert.False(SharedMemory.TryUnlink($"file://{path}"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact(Skip = OnlyThere, SkipUnless = nameof(IsWindows))]
    public void An_empty_file_is_an_InvalidDataException()
    {
        string path = Path.GetTempFileName();
        try
        {
            Assert.Throws<InvalidDataException>(() => SharedMemory.Attach($"file://{path}"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact(Skip = OnlyThere, SkipUnless = nameof(IsWindows))]
    public void An_anonymous_block_is_attached_to_by_its_name()
    {
        using SharedMemory block = SharedMemory.Create(10, options: new SharedMemoryOptions { Backing = SharedMemoryBacking.Anonymous });
        using SharedMemory other = SharedMemory.Attach(block.Name);

        block.Span[0] = 1;

        Assert.Equal(1, other.Span[0]);
    }

    [Fact(Skip = OnlyThere, SkipUnless = nameof(IsWindows))]
    public void Blocks_cannot_be_listed() => Assert.Throws<PlatformNotSupportedException>(static () => SharedMemory.List());
}
