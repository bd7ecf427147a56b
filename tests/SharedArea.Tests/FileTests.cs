namespace Multiprocessing.Tests;

public sealed class FileTests
{
    private static string[] ControlBlocks() =>
        [.. SharedMemory.List().Select(static block => block.Name).Where(static name => name.StartsWith("psm_area_", StringComparison.Ordinal))];

    [Fact]
    public void A_file_is_its_raw_bytes_and_nothing_else() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string path = scratch.NewFile(5000);
        File.WriteAllText(path, new string('x', 5000));
        SharedArea area = scratch.Area(new SharedAreaOptions { File = path });
        Assert.Equal((5000L, $"file://{path}"), (area.Size, area.Name));
        area.Write64(4992, 0x3131313131313131);
        area.Write(0, "begin");
        Assert.Equal("begin" + new string('x', 4987) + "11111111", File.ReadAllText(path));
    });

    [Fact]
    public void What_is_missing_is_never_made_and_what_is_short_never_grown()
    {
        using var scratch = new Scratch();
        string path = scratch.NewFile(100);
        Assert.Throws<FileNotFoundException>(() => SharedArea.Create(new SharedAreaOptions { File = path + "x" }));
        Assert.Throws<InvalidDataException>(() => SharedArea.Create(new SharedAreaOptions { File = path, Size = 101 }));
        Assert.Throws<InvalidDataException>(() => SharedArea.Create(new SharedAreaOptions { File = path, Offset = 100 }));
        Assert.Throws<InvalidDataException>(() => SharedArea.Create(new SharedAreaOptions { File = path, Size = 51, Offset = 50 }));
        Assert.Throws<InvalidDataException>(() => SharedArea.Create(new SharedAreaOptions { File = path, Size = long.MaxValue, Offset = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedArea.Create(new SharedAreaOptions { File = path, Offset = -1 }));
        Assert.Equal(100, new FileInfo(path).Length);
        Assert.Empty(ControlBlocks());
    }

    [Fact]
    public void Two_windows_and_two_paths_of_a_file_have_one_lock_and_one_count() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string path = scratch.NewFile(8192);
        string link = path + "link";
        File.CreateSymbolicLink(link, path);
        SharedArea whole = scratch.Area(new SharedAreaOptions { File = path });
        SharedArea window = scratch.Area(new SharedAreaOptions { File = link, Offset = 4100, Size = 8 });
        window.Write64(0, 77);
        Assert.Equal((77L, 1L), (whole.Read64(4100), whole.UpdateCount));
        using (whole.EnterWriteLock())
        {
            Scratch.OnAnotherThread(() => Assert.False(window.TryEnterReadLock()));
        }

        Assert.Single(ControlBlocks());
    });

    [Fact]
    public void The_control_words_go_with_the_last_user_and_come_back_with_the_next() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string path = scratch.NewFile(4096);
        for (int i = 0; i < 3; i++)
        {
            SharedArea first = SharedArea.Attach($"file://{path}");
            ChildProcess child = scratch.Child("area-say", first.Name);
            Assert.Equal("ready", child.ReadLine());
            first.Increment64(0);
            first.Dispose();
            Assert.Single(ControlBlocks());
            child.WriteLine("count");
            Assert.Equal("1", child.ReadLine());
            child.WriteLine("close");
            Assert.Equal("ok", child.ReadLine());
            Assert.Empty(ControlBlocks());
            child.Kill();
        }

        SharedArea last = scratch.Area(new SharedAreaOptions { File = path });
        Assert.Equal((3L, 0L), (last.Read64(0), last.UpdateCount));
        Assert.Throws<InvalidOperationException>(last.Unlink);
    });

    [Fact]
    public void The_control_words_of_killed_users_serve_the_next_one_who_is_the_last_then() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string path = scratch.NewFile(4096);
        ChildProcess child = scratch.Child("area-hold", $"file://{path}", "write");
        Assert.Equal("held", child.ReadLine());
        child.Kill();
        Assert.Single(ControlBlocks());
        using (SharedArea next = SharedArea.Attach($"file://{path}"))
        using (SharedArea.WriteScope scope = next.EnterWriteLock())
        {
            Assert.True(scope.Abandoned);
        }

        Assert.Empty(ControlBlocks());
    });

    [Fact]
    public void A_last_user_that_died_before_it_had_unlinked_leaves_them_to_the_next() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string path = scratch.NewFile(4096);
        ChildProcess child = scratch.Child("area-say", $"file://{path}");
        Assert.Equal("ready", child.ReadLine());
        child.Kill();
        string name = Assert.Single(ControlBlocks());
        using (SharedMemory words = SharedMemory.Attach(name))
        {
            words.GetReference<uint>(52) = 1;
        }

        using (SharedArea next = SharedArea.Attach($"file://{path}"))
        {
            Assert.Equal([name], ControlBlocks());
            next.Write64(0, 1);
        }

        Assert.Empty(ControlBlocks());
    });

    [Fact]
    public void A_maker_that_died_before_it_had_finished_leaves_nothing_that_anybody_finds() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string path = scratch.NewFile(4096);
        string name = $"psm_area_{FileIdentity.Of(path)}";
        SharedMemory.Create(100, $"{name}.0123456789abcdef.00").Dispose();
        SharedMemory.Create(100, $"{name}.{ProcessLease.Current.Id:x16}.00").Dispose();
        using (SharedArea.Attach($"file://{path}"))
        {
            Assert.Equal(2, ControlBlocks().Length);
            Assert.Contains(name, ControlBlocks());
            SharedMemory.TryUnlink($"{name}.{ProcessLease.Current.Id:x16}.00");
        }

        Assert.Empty(ControlBlocks());
    });

    [Fact]
    public void Threads_that_come_and_go_always_have_the_same_control_words() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string path = scratch.NewFile(4096);
        const int Threads = 4, Rounds = 100;
        Thread[] threads =
        [
            .. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    using SharedArea area = SharedArea.Attach($"file://{path}");
                    using (area.EnterWriteLock())
                    {
                        area.Write64(1, area.Read64(1) + 1);
                    }
                }
            })),
        ];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());
        Assert.Equal(Threads * Rounds, BitConverter.ToInt64(File.ReadAllBytes(path), 1));
        Assert.Empty(ControlBlocks());
    });

    [Fact]
    public void A_descriptor_is_the_file_that_it_is_open_on() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string path = scratch.NewFile(4096);
        SharedArea byPath = scratch.Area(new SharedAreaOptions { File = path });
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        SharedArea area = scratch.Area(new SharedAreaOptions { FileDescriptor = (int)file.SafeFileHandle.DangerousGetHandle(), Size = 8, Offset = 16 });
        area.Write64(0, 99);
        Assert.Equal((99L, 1L), (byPath.Read64(16), byPath.UpdateCount));

        ChildProcess child = scratch.Child("area-say", area.Name);
        Assert.Equal("ready", child.ReadLine());
        child.WriteLine("read 16");
        Assert.Equal("99", child.ReadLine());
        Assert.Throws<FileNotFoundException>(() => SharedArea.Create(new SharedAreaOptions { FileDescriptor = 9999 }));
    });
}
