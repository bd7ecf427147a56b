using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>Names that somebody else unlinks are back, and those that we unlink stay gone.</summary>
public sealed class GuardTests
{
    [Theory]
    [InlineData("3.8")]
    [InlineData("3.9")]
    [InlineData("3.10")]
    [InlineData("3.11")]
    [InlineData("3.12")]
    [InlineData("3.13")]
    public void A_stock_Python_that_attached_and_exited_takes_nothing_along(string version) => Watchdog.Run(() =>
    {
        // Nothing unusual: this is what every tutorial does, and its resource tracker then unlinks the names.
        const string script =
            """
            import sys
            from multiprocessing.shared_memory import SharedMemory
            for name in sys.argv[1:]:
                shm = SharedMemory(name)
                shm.buf[0] += 1
                shm.close()
            """;
        Python python = Python.Get(version);
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(16);
        using ShareableList list = manager.CreateList("kept");
        WaitForGuard(manager);
        python.Run(script, block.Name, list.Name);
        python.Run(script, block.Name);
        Eventually.True(() => SharedMemory.Exists(block.Name) && SharedMemory.Exists(list.Name), "the names' return");
        using SharedMemory again = SharedMemory.Attach(block.Name);
        Assert.Equal(2, again.Span[0]);
        again.Span[1] = 9;
        Assert.Equal(9, block.Span[1]);
        Assert.Equal(2, manager.ListBlocks().Count);
    });

    [Theory]
    [InlineData("3.8")]
    [InlineData("3.13")]
    public void A_stock_Python_that_attached_and_was_killed_takes_nothing_along(string version) => Watchdog.Run(() =>
    {
        const string script =
            """
            import sys, os, signal
            from multiprocessing.shared_memory import SharedMemory
            shm = SharedMemory(sys.argv[1])
            shm.buf[0] = 5
            os.kill(os.getpid(), signal.SIGKILL)
            """;
        Python python = Python.Get(version);
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(16);
        WaitForGuard(manager);
        for (int round = 0; round < 10; round++)
        {
            python.RunUnchecked(script, block.Name);
            Thread.Sleep(50);
            Eventually.True(() => SharedMemory.Exists(block.Name), "the name's return");
            using SharedMemory again = SharedMemory.Attach(block.Name);
            Assert.Equal(5, again.Span[0]);
        }
    });

    [Fact]
    public void A_thousand_names_unlinked_at_once_are_all_back() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        SharedMemory[] blocks = [.. Enumerable.Range(0, 1000).Select(_ => manager.CreateBlock(8))];
        for (int i = 0; i < blocks.Length; i++)
        {
            blocks[i].AsSpan<int>()[0] = i;
        }

        WaitForGuard(manager);
        UnlinkBehindOurBack(blocks);
        Eventually.True(() => blocks.All(block => SharedMemory.Exists(block.Name)), "all names' return");
        for (int i = 0; i < blocks.Length; i++)
        {
            using SharedMemory again = SharedMemory.Attach(blocks[i].Name);
            Assert.Equal(i, again.AsSpan<int>()[0]);
            blocks[i].Dispose();
        }
    });

    [Fact]
    public void More_than_the_watch_can_tell_at_once_is_looked_for() => Watchdog.Run(() =>
    {
        const string limit = "/proc/sys/fs/inotify/max_queued_events";
        Peer.Require(Environment.UserName == "root", "root, to make the queue of the watch short");
        string before = File.ReadAllText(limit);
        File.WriteAllText(limit, "16");
        try
        {
            using var manager = SharedMemoryManager.Start();
            SharedMemory[] blocks = [.. Enumerable.Range(0, 3000).Select(_ => manager.CreateBlock(8))];
            WaitForGuard(manager);

            // The server cannot read while it is stopped: its queue overflows for certain.
            Signals.Send(manager.ServerProcessId, Signals.Stop);
            UnlinkBehindOurBack(blocks);
            Signals.Send(manager.ServerProcessId, Signals.Continue);
            Eventually.True(() => blocks.All(block => SharedMemory.Exists(block.Name)), "all names' return");
            Array.ForEach(blocks, block => block.Dispose());
        }
        finally
        {
            File.WriteAllText(limit, before);
        }
    });

    [Fact]
    public void What_we_unlink_or_release_stays_gone() => Watchdog.Run(TimeSpan.FromMinutes(2), () =>
    {
        using var manager = SharedMemoryManager.Start();
        _ = manager.Address;
        var names = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.For(0, 4, worker =>
        {
            var random = new Random(worker);
            for (int i = 0; i < 2000; i++)
            {
                using SharedMemory block = manager.CreateBlock(8);
                names.Add(block.Name);

                // About as long as it takes until the server is told and gives it its hidden name.
                if (i % 20 == 0)
                {
                    Thread.Sleep(random.Next(12));
                }

                if (i % 2 == 0)
                {
                    block.Unlink();
                }
                else
                {
                    manager.Release(block.Name);
                }
            }
        });
        WaitForGuard(manager);
        Thread.Sleep(200);
        Assert.Empty(manager.ListBlocks());
        Assert.Empty(Directory.EnumerateFiles("/dev/shm", $".psm_{manager.Id}_*", FileListing.HiddenToo));
    });

    [Fact]
    public void The_guard_holds_through_the_death_of_a_server() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(8);
        WaitForGuard(manager);
        Signals.Send(manager.ServerProcessId, Signals.Kill);

        // While no server is there nobody can put it back, but the hidden name stays; the next one looks.
        File.Delete($"/dev/shm/{block.Name}");
        Eventually.True(() => SharedMemory.Exists(block.Name), "the name's return");
        WaitForGuard(manager);
        File.Delete($"/dev/shm/{block.Name}");
        Eventually.True(() => SharedMemory.Exists(block.Name), "the name's second return");
    });

    [Fact]
    public void Without_GuardNames_there_is_no_hidden_name_and_what_somebody_unlinks_is_gone() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start(new() { GuardNames = false });
        using SharedMemory block = manager.CreateBlock(8);
        WaitForGuard(manager);
        Assert.False(File.Exists($"/dev/shm/.{block.Name}"));
        File.Delete($"/dev/shm/{block.Name}");
        Thread.Sleep(200);
        Assert.False(SharedMemory.Exists(block.Name));
    });

    [Fact]
    public void A_manager_that_ends_while_names_are_being_put_back_leaves_none() => Watchdog.Run(TimeSpan.FromMinutes(2), () =>
    {
        var random = new Random(5);
        for (int round = 0; round < 20; round++)
        {
            ShmSnapshot before = ShmSnapshot.Take();
            var manager = SharedMemoryManager.Start();
            SharedMemory[] blocks = [.. Enumerable.Range(0, 100).Select(_ => manager.CreateBlock(8))];
            WaitForGuard(manager);
            UnlinkBehindOurBack(blocks);
            Thread.Sleep(random.Next(5));
            manager.Dispose();
            before.AssertUnchanged();
            Array.ForEach(blocks, block => block.Dispose());
        }
    });

    /// <summary>A call is answered after what was told before it, and that is when names are guarded.</summary>
    private static void WaitForGuard(SharedMemoryManager manager) => manager.ListBlocks();

    private static void UnlinkBehindOurBack(SharedMemory[] blocks) =>
        Array.ForEach(blocks, block => File.Delete(string.Create(CultureInfo.InvariantCulture, $"/dev/shm/{block.Name}")));
}
