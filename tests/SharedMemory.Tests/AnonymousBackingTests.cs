namespace Multiprocessing.Tests;

public sealed class AnonymousBackingTests
{
    private static readonly SharedMemoryOptions Anonymous = new() { Backing = SharedMemoryBacking.Anonymous };

    [Fact]
    public void It_is_nowhere_in_the_file_system()
    {
        using SharedMemory block = SharedMemory.Create(123_459, options: Anonymous);

        Assert.DoesNotContain(SharedMemory.List(), static info => info.Size == 123_459);
        Assert.StartsWith($"file:///proc/{Environment.ProcessId}/fd/", block.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_process_attaches_by_its_name_while_the_creator_holds_it()
    {
        const string Script = """
            import mmap, sys
            with open(sys.argv[1][len('file://'):], 'r+b') as file:
                memory = mmap.mmap(file.fileno(), 0)
                print(len(memory), memory[0])
                memory[9] = 99
            """;
        using SharedMemory block = SharedMemory.Create(10, options: Anonymous);
        block.Span[0] = 7;

        Assert.Equal("10 7", Python.Any.Run(Script, block.Name).Output);

        Assert.Equal(99, block.Span[9]);
    }

    [Fact]
    public void Unlink_does_nothing_because_there_is_no_name()
    {
        using SharedMemory block = SharedMemory.Create(10, options: Anonymous);
        using SharedMemory other = SharedMemory.Attach(block.Name);

        block.Unlink();
        block.Unlink();
        other.Unlink();

        Assert.True(SharedMemory.Exists(block.Name));
    }

    [Fact]
    public void After_its_creators_Dispose_nobody_attaches_any_more()
    {
        SharedMemory block = SharedMemory.Create(10, options: Anonymous);
        using SharedMemory other = SharedMemory.Attach(block.Name);
        block.Dispose();
        block.Unlink();

        other.Span[0] = 1;
        Assert.Equal(1, other.Span[0]);

        // Another thread may have the number of the descriptor by now, for something that is not this block.
        SharedMemory? later = null;
        Exception? e = Record.Exception(() => later = SharedMemory.Attach(block.Name, readOnly: true));
        Assert.True(e is IOException or InvalidDataException or UnauthorizedAccessException || later!.ReadOnlySpan[0] != 1);
        later?.Dispose();
    }

    [Fact]
    public void It_goes_with_its_creator_even_if_that_is_killed() => Watchdog.Run(static () =>
    {
        using ChildProcess child = ChildProcess.Start("block-hold-anonymous", "10");
        string name = child.ReadLine();
        using (SharedMemory block = SharedMemory.Attach(name))
        {
            Assert.Equal(10, block.Size);
            Assert.Equal(42, block.Span[0]);
        }

        child.Kill();

        Assert.False(SharedMemory.Exists(name));
        Assert.Throws<FileNotFoundException>(() => SharedMemory.Attach(name));
    });
}
