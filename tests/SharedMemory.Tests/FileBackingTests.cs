namespace Multiprocessing.Tests;

public sealed class FileBackingTests
{
    private static readonly SharedMemoryOptions InFile = new() { Backing = SharedMemoryBacking.File };

    [Fact]
    public void The_bytes_of_the_file_are_the_bytes_of_the_block()
    {
        using var scratch = new Scratch();
        string path = scratch.NewPath();
        SharedMemory block = scratch.Create(10, path, InFile);

        block.Span[9] = 7;
        block.Flush();

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 7], File.ReadAllBytes(path));
        Assert.Equal($"file://{path}", block.Name);
        block.Unlink();
        Assert.False(File.Exists(path));
        Assert.Throws<FileNotFoundException>(block.Unlink);
    }

    [Fact]
    public void A_file_that_somebody_else_wrote_is_attached_to()
    {
        using var scratch = new Scratch();
        string path = scratch.NewPath();
        File.WriteAllText(path, "hello");

        SharedMemory block = scratch.Attach($"file://{path}");
        Assert.Equal("hello"u8, block.ReadOnlySpan);
        block.Span[0] = (byte)'j';
        block.Dispose();

        Assert.Equal("jello", File.ReadAllText(path));
    }

    [Fact]
    public void The_path_and_the_scheme_mean_the_same()
    {
        using var scratch = new Scratch();
        string path = scratch.NewPath();

        scratch.Create(10, $"file://{path}", InFile);
        Assert.Throws<SharedMemoryExistsException>(() => SharedMemory.Create(10, path, InFile));
        Assert.Throws<SharedMemoryExistsException>(() => SharedMemory.Create(10, $"file://{path}"));

        Assert.True(SharedMemory.Exists($"file://{path}"));
        Assert.True(SharedMemory.TryUnlink($"file://{path}"));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_relative_path_is_made_full_at_once()
    {
        using var scratch = new Scratch();
        string path = scratch.NewPath();
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, path);

        SharedMemory block = scratch.Create(10, relative, InFile);

        Assert.Equal($"file://{path}", block.Name);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_path_may_be_long_and_in_any_script()
    {
        using var scratch = new Scratch();
        string folder = Path.Combine([scratch.Folder, .. Enumerable.Repeat("データ_" + new string('x', 200), 4)]);
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "größe 🙂.bin");

        SharedMemory block = scratch.Create(10, path, InFile);

        Assert.True(File.Exists(path));
        Assert.Equal(10, scratch.Attach(block.Name).Size);
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_a_DirectoryNotFoundException()
    {
        using var scratch = new Scratch();
        string path = Path.Combine(scratch.NewPath(), "file.bin");

        string message = Assert.Throws<DirectoryNotFoundException>(() => SharedMemory.Create(10, path, InFile)).Message;

        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.False(SharedMemory.Exists($"file://{path}"));
        Assert.Throws<FileNotFoundException>(() => SharedMemory.Attach($"file://{path}"));
    }

    [Fact]
    public void A_folder_is_no_block()
    {
        using var scratch = new Scratch();

        Assert.ThrowsAny<IOException>(() => SharedMemory.Attach($"file://{scratch.Folder}"));
        Assert.Throws<SharedMemoryExistsException>(() => SharedMemory.Create(10, scratch.Folder, InFile));
        Assert.True(Directory.Exists(scratch.Folder));
    }

    [Fact]
    public void An_attach_never_sees_a_part_of_a_file_that_is_being_made() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        const long Size = 1L << 30;
        Peer.Require(new DriveInfo(scratch.Folder).AvailableFreeSpace > 4 * Size, "4 GiB free for a file of 1 GiB");
        for (int round = 0; round < 10; round++)
        {
            string path = scratch.NewPath();
            var creator = new Thread(() => SharedMemory.Create(Size, path, InFile).Dispose());
            creator.Start();
            SharedMemory? block = null;
            while (block is null)
            {
                try
                {
                    block = SharedMemory.Attach($"file://{path}");
                }
                catch (FileNotFoundException)
                {
                }
            }

            Assert.Equal(Size, block.Size);
            block.Dispose();
            creator.Join();
            File.Delete(path);
        }
    });
}
