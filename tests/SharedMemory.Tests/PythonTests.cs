namespace Multiprocessing.Tests;

/// <summary>Blocks between .NET and stock Python, both ways.</summary>
/// <remarks>
/// Python before 3.13, and later unless it says <c>track=False</c>, registers what it attaches to with its resource tracker, which unlinks
/// it when that Python ends (gh-82300). The scripts take it off the tracker's list; one test shows what happens if they do not.
/// </remarks>
public sealed class PythonTests
{
    private const string Attach = """
        import sys
        from multiprocessing import resource_tracker, shared_memory
        def attach(name):
            if sys.version_info >= (3, 13):
                return shared_memory.SharedMemory(name, track=False)
            block = shared_memory.SharedMemory(name)
            resource_tracker.unregister(block._name, 'shared_memory')
            return block

        """;

    private const string CreateAndHold = """
        import sys
        from multiprocessing import shared_memory
        block = shared_memory.SharedMemory(create=True, size=int(sys.argv[1]))
        block.buf[int(sys.argv[1]) - 1] = 77
        print(block.name, block.size)
        sys.stdin.readline()
        print(block.buf[0])
        block.close()
        block.unlink()
        """;

    [Theory]
    [ClassData(typeof(EveryPython))]
    public void Python_attaches_to_ours_sees_its_exact_size_reads_and_writes(string version)
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(10);
        block.Span[0] = 5;

        string output = Python.Get(version).Run(
            Attach + "block = attach(sys.argv[1]); print(block.name, block.size, block.buf[0]); block.buf[9] = 200; block.close()",
            block.Name).Output;

        Assert.Equal($"{block.Name} 10 5", output);
        Assert.Equal(200, block.Span[9]);
        Assert.True(SharedMemory.Exists(block.Name));
    }

    [Theory]
    [ClassData(typeof(EveryPython))]
    public void We_attach_to_Pythons_read_and_write(string version) => Watchdog.Run(() =>
    {
        using ConsoleProcess python = Python.Get(version).Start(CreateAndHold, "13");
        string[] words = python.ReadLine().Split(' ');
        using (SharedMemory block = SharedMemory.Attach(words[0]))
        {
            Assert.Equal("13", words[1]);
            Assert.Equal(13, block.Size);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, block.Mode);
            Assert.Equal(77, block.Span[12]);
            block.Span[0] = 33;
        }

        python.WriteLine("");
        Assert.Equal("33", python.ReadLine());
        Assert.Equal(0, python.WaitForExit());
        Assert.Equal("", python.StandardError);
        Assert.False(SharedMemory.Exists(words[0]));
    });

    [Theory]
    [ClassData(typeof(EveryPython))]
    public void A_big_block_of_ours_is_read_and_written_past_4_GiB(string version)
    {
        using var scratch = new Scratch();
        const long Size = 5L << 30;
        const long Offset = (1L << 32) + 17;
        SharedMemory block = scratch.Create(Size, options: new SharedMemoryOptions { Reserve = false });
        block.GetReference<byte>(Offset) = 9;

        string output = Python.Get(version).Run(
            Attach + $"block = attach(sys.argv[1]); print(block.size, block.buf[{Offset}]); block.buf[{Size - 1}] = 8; block.close()",
            block.Name).Output;

        Assert.Equal($"{Size} 9", output);
        Assert.Equal(8, block.GetReference<byte>(Size - 1));
    }

    [Theory]
    [ClassData(typeof(EveryPython))]
    public void A_big_block_of_Pythons_is_read_and_written_past_4_GiB(string version) => Watchdog.Run(() =>
    {
        using ConsoleProcess python = Python.Get(version).Start(CreateAndHold, $"{5L << 30}");
        string name = python.ReadLine().Split(' ')[0];
        using (SharedMemory block = SharedMemory.Attach(name))
        {
            Assert.Equal(5L << 30, block.Size);
            Assert.Equal(77, block.GetReference<byte>(block.Size - 1));
            block.GetReference<byte>(0) = 44;
        }

        python.WriteLine("");
        Assert.Equal("44", python.ReadLine());
        Assert.Equal(0, python.WaitForExit());
    });

    [Theory]
    [ClassData(typeof(EveryPython))]
    public void Python_unlinks_ours_and_we_unlink_Pythons(string version) => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        Python python = Python.Get(version);
        SharedMemory ours = scratch.Create(10);
        python.Run("import sys; from multiprocessing.shared_memory import SharedMemory; SharedMemory(sys.argv[1]).unlink()", ours.Name);
        Assert.False(SharedMemory.Exists(ours.Name));
        Assert.Throws<FileNotFoundException>(ours.Unlink);

        using ConsoleProcess holder = python.Start(CreateAndHold, "13");
        string theirs = holder.ReadLine().Split(' ')[0];
        Assert.True(SharedMemory.TryUnlink(theirs));
        Assert.False(SharedMemory.Exists(theirs));
    });

    [Theory]
    [ClassData(typeof(EveryPython))]
    public void A_name_that_is_taken_is_taken_for_both(string version)
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(10);

        string output = Python.Get(version).Run(
            """
            import sys
            from multiprocessing.shared_memory import SharedMemory
            try:
                SharedMemory(sys.argv[1], create=True, size=5)
            except FileExistsError as e:
                print('taken')
            """,
            block.Name).Output;

        Assert.Equal("taken", output);
        Assert.Equal(10, scratch.Attach(block.Name).Size);
    }

    [Theory]
    [ClassData(typeof(EveryPython))]
    public void A_Python_that_attaches_as_it_comes_unlinks_the_block_at_its_end_and_our_mapping_stays(string version) => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(10);
        block.Span[0] = 1;

        Python.Get(version).Run(
            "import sys; from multiprocessing.shared_memory import SharedMemory; SharedMemory(sys.argv[1]).close()", block.Name);

        // The tracker is a process of its own, which outlives the other a little.
        Eventually.True(() => !SharedMemory.Exists(block.Name), "Python's resource tracker has unlinked the block");
        Assert.Equal(1, block.Span[0]);
    });

    [Fact]
    public void A_block_that_Python_left_without_a_size_can_be_unlinked_by_us()
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();
        Python.Get("3.11").RunUnchecked(
            """
            import sys
            from multiprocessing.shared_memory import SharedMemory
            SharedMemory(sys.argv[1], create=True, size=2**63)
            """,
            name);

        Assert.Throws<InvalidDataException>(() => SharedMemory.Attach(name));
        Assert.True(SharedMemory.TryUnlink(name));
    }
}
