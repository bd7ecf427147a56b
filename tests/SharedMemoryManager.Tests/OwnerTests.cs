namespace Multiprocessing.Tests;

/// <summary>What an owner does with its manager.</summary>
public sealed class OwnerTests
{
    [Fact]
    public void A_block_has_a_name_with_the_managers_prefix_and_is_zero() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(100);
        Assert.Matches("^psm_[0-9a-f]{12}_[0-9a-f]+$", block.Name);
        Assert.StartsWith($"psm_{manager.Id}_", block.Name, StringComparison.Ordinal);
        Assert.Equal(100, block.Size);
        Assert.Equal(new byte[100], block.Span.ToArray());
    });

    [Fact]
    public void Dispose_unlinks_everything_and_leaves_mapped_blocks_usable() => Watchdog.Run(() =>
    {
        var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(100);
        using ShareableList list = manager.CreateList("howdy", 1);
        Assert.NotEmpty(manager.Address);
        manager.Dispose();
        Assert.False(SharedMemory.Exists(block.Name));
        Assert.False(SharedMemory.Exists(list.Name));
        block.Span[0] = 7;
        Assert.Equal("howdy", list[0]);
    });

    [Fact]
    public void Dispose_before_the_server_is_up_unlinks_everything_too() => Watchdog.Run(() =>
    {
        for (int delay = 0; delay < 100; delay += 5)
        {
            var manager = SharedMemoryManager.Start();
            using SharedMemory block = manager.CreateBlock(100);
            Thread.Sleep(delay);
            manager.Dispose();
            Assert.False(SharedMemory.Exists(block.Name));
            Assert.Empty(Processes.Alive(manager.ServerProcessId));
            Assert.False(Directory.Exists(Path.Combine(Path.GetTempPath(), "psm_" + manager.Id)));
        }
    });

    [Fact]
    public void Shutdown_and_Dispose_may_be_called_again_and_from_many_threads() => Watchdog.Run(() =>
    {
        var manager = SharedMemoryManager.Start();
        manager.CreateBlock(100).Dispose();
        Parallel.For(0, 16, i =>
        {
            if (i % 2 == 0)
            {
                manager.Dispose();
            }
            else
            {
                manager.Shutdown();
            }
        });
        manager.Dispose();
        Assert.Throws<ObjectDisposedException>(() => manager.CreateBlock(1));
        Assert.Throws<ObjectDisposedException>(() => manager.CreateList(1));
        Assert.Throws<ObjectDisposedException>(() => manager.BeginScope());
        Assert.Throws<ObjectDisposedException>(() => manager.ListBlocks());
        Assert.Throws<ObjectDisposedException>(() => manager.Release($"psm_{manager.Id}_1"));
        Assert.Throws<ObjectDisposedException>(() => manager.Address);
    });

    [Fact]
    public void Blocks_made_while_another_thread_disposes_are_refused_or_unlinked() => Watchdog.Run(() =>
    {
        for (int round = 0; round < 20; round++)
        {
            ShmSnapshot before = ShmSnapshot.Take();
            var manager = SharedMemoryManager.Start();
            if (round % 2 == 0)
            {
                _ = manager.Address;
            }

            Task[] makers = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                try
                {
                    while (true)
                    {
                        manager.CreateBlock(16).Dispose();
                    }
                }
                catch (ObjectDisposedException)
                {
                }
            }))];
            Thread.Sleep(round);
            manager.Dispose();
            Task.WaitAll(makers);
            before.AssertUnchanged();
        }
    });

    [Fact]
    public async Task StartAsync_returns_a_manager_whose_server_answers()
    {
        await using SharedMemoryManager manager = await SharedMemoryManager.StartAsync();
        Assert.NotEmpty(Processes.Alive(manager.ServerProcessId));
        using SharedMemory block = manager.CreateBlock(1);
        Assert.Single(await manager.ListBlocksAsync());
        await manager.ShutdownAsync();
        Assert.False(SharedMemory.Exists(block.Name));
    }

    [Fact]
    public async Task StartAsync_that_is_cancelled_leaves_nothing()
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using var cancellation = new CancellationTokenSource();
        Task<SharedMemoryManager> start = SharedMemoryManager.StartAsync(null, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        before.AssertUnchanged();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SharedMemoryManager.StartAsync(null, new CancellationToken(true)));
    }

    [Fact]
    public void ListBlocks_shows_name_kind_size_owner_and_age() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        DateTimeOffset before = DateTimeOffset.UtcNow.AddSeconds(-1);
        using SharedMemory block = manager.CreateBlock(100);
        using ShareableList list = manager.CreateList(1);
        IReadOnlyList<TrackedBlock> blocks = manager.ListBlocks();
        Assert.Equal([(block.Name, "block", 100L), (list.Name, "list", 41L)], blocks.Select(b => (b.Name, b.Kind, b.Size)));
        Assert.All(blocks, b => Assert.Equal(Environment.ProcessId, b.OwnerProcessId));
        Assert.All(blocks, b => Assert.InRange(b.Created, before, DateTimeOffset.UtcNow.AddSeconds(1)));
    });

    [Fact]
    public void A_block_that_its_user_unlinked_himself_is_listed_no_more_and_no_error_at_the_end() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory gone = manager.CreateBlock(100);
        using SharedMemory there = manager.CreateBlock(100);
        gone.Unlink();
        Assert.Equal([there.Name], manager.ListBlocks().Select(b => b.Name));
        manager.Shutdown();
        Assert.False(SharedMemory.Exists(there.Name));
    });

    [Fact]
    public void Release_unlinks_one_early() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(100);
        using SharedMemory other = manager.CreateBlock(100);
        manager.Release(block.Name);
        Assert.False(SharedMemory.Exists(block.Name));
        Assert.Equal([other.Name], manager.ListBlocks().Select(b => b.Name));
        Assert.Throws<FileNotFoundException>(() => manager.Release(block.Name));
    });

    [Fact]
    public void Release_of_a_name_that_is_not_the_managers_is_refused_and_changes_nothing() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory foreign = SharedMemory.Create(10);
        try
        {
            Assert.Throws<ArgumentException>(() => manager.Release(foreign.Name));
            Assert.Throws<ArgumentNullException>(() => manager.Release(null!));
            Assert.True(SharedMemory.Exists(foreign.Name));
        }
        finally
        {
            foreign.Unlink();
        }
    });

    [Fact]
    public void A_refused_creation_leaves_no_block() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        Assert.Throws<ArgumentOutOfRangeException>(() => manager.CreateBlock(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => manager.CreateBlock(-1));
        Assert.ThrowsAny<ArgumentException>(() => manager.CreateList(1, new object()));
        Assert.Throws<SharedMemoryFullException>(() => manager.CreateBlock(1L << 50));
        Assert.Empty(manager.ListBlocks());
    });

    [Fact]
    public void A_name_that_somebody_else_took_is_passed_over() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory squatter = SharedMemory.Create(1, $"psm_{manager.Id}_1");
        using SharedMemory block = manager.CreateBlock(2);
        Assert.Equal($"psm_{manager.Id}_2", block.Name);
    });

    [Fact]
    public void Options_for_blocks_are_used() => Watchdog.Run(() =>
    {
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        using var manager = SharedMemoryManager.Start(new() { Blocks = new() { Mode = mode, Reserve = false } });
        using SharedMemory block = manager.CreateBlock(1L << 36);
        using SharedMemory again = SharedMemory.Attach(block.Name);
        Assert.Equal(mode, again.Mode);
    });

    [Fact]
    public void A_scope_unlinks_its_own_and_only_its_own() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory outside = manager.CreateBlock(1);
        SharedMemory inside;
        ShareableList list;
        using (SharedMemoryScope scope = manager.BeginScope())
        {
            inside = scope.CreateBlock(2);
            list = scope.CreateList("x");
            scope.CreateBlock(3).Unlink();
            Assert.Equal(3, manager.ListBlocks().Count);
        }

        Assert.Equal([outside.Name], manager.ListBlocks().Select(b => b.Name));
        inside.Dispose();
        list.Dispose();
    });

    [Fact]
    public void A_scope_that_has_ended_hands_out_nothing() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        SharedMemoryScope scope = manager.BeginScope();
        scope.Dispose();
        scope.Dispose();
        Assert.Throws<ObjectDisposedException>(() => scope.CreateBlock(1));
        SharedMemoryScope open = manager.BeginScope();
        using SharedMemory block = open.CreateBlock(1);
        manager.Dispose();
        Assert.Throws<ObjectDisposedException>(() => open.CreateBlock(1));
        open.Dispose();
    });

    [Fact]
    public void Many_threads_get_blocks_of_different_names() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        var names = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.For(0, 500, _ =>
        {
            using SharedMemory block = manager.CreateBlock(8);
            names.Add(block.Name);
        });
        Assert.Equal(500, names.Distinct().Count());
        Assert.Equal(names.Order(StringComparer.Ordinal), manager.ListBlocks().Select(b => b.Name));
    });
}
