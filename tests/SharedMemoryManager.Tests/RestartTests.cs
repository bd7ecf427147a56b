namespace Multiprocessing.Tests;

/// <summary>The server dies and the owner lives: another one takes its place, and nobody loses anything.</summary>
public sealed class RestartTests
{
    private readonly Random _random = new(20261121);

    [Fact]
    public void The_next_server_has_the_same_address_and_adopts_every_block_with_its_kind() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start())
        {
            string address = manager.Address;
            using SharedMemory block = manager.CreateBlock(8);
            using ShareableList list = manager.CreateList(1, 2);
            block.Span[0] = 7;
            int first = KillServer(manager);
            Assert.Equal([(block.Name, "block"), (list.Name, "list")], manager.ListBlocks().Select(b => (b.Name, b.Kind)));
            Assert.NotEqual(first, manager.ServerProcessId);
            Assert.Equal(address, manager.Address);
            using SharedMemory again = SharedMemory.Attach(block.Name);
            Assert.Equal(7, again.Span[0]);
            using SharedMemory later = manager.CreateBlock(8);
            Assert.Equal(3, manager.ListBlocks().Count);
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void Calls_of_many_threads_go_on_while_servers_are_killed() => Watchdog.Run(Deaths.Limit, () =>
    {
        for (int round = 0; round < Deaths.Rounds / 4; round++)
        {
            ShmSnapshot before = ShmSnapshot.Take();
            using (var manager = SharedMemoryManager.Start())
            {
                using var stop = new CancellationTokenSource();
                Task[] users = [.. Enumerable.Range(0, 3).Select(i => Task.Run(() =>
                {
                    while (!stop.IsCancellationRequested)
                    {
                        using SharedMemory block = manager.CreateBlock(16);
                        if (i != 0)
                        {
                            Assert.Contains(manager.ListBlocks(), b => b.Name == block.Name);
                        }

                        manager.Release(block.Name);
                    }
                }))];

                // Four a manager: the fifth within a minute is one too many.
                for (int kill = 0; kill < 4; kill++)
                {
                    Thread.Sleep(_random.Next(150));
                    Signals.Send(manager.ServerProcessId, Signals.Kill);
                }

                Thread.Sleep(_random.Next(100));
                stop.Cancel();
                Task.WaitAll(users);
                Assert.Empty(manager.ListBlocks());
            }

            before.AssertUnchanged();
        }
    });

    [Fact]
    public void A_connected_process_finds_the_next_server_and_keeps_its_prefix() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using var client = SharedMemoryManager.Connect(manager.Address);
        using SharedMemory first = client.CreateBlock(1);
        for (int round = 0; round < 3; round++)
        {
            KillServer(manager);
            using SharedMemory next = client.CreateBlock(1);
            Assert.Equal(first.Name[..^1], next.Name[..^1]);
            Assert.Contains(client.ListBlocks(), b => b.Name == next.Name);
            Assert.Equal(manager.ListBlocks().Select(b => b.Name), client.ListBlocks().Select(b => b.Name));
            Assert.Equal(round + 2, client.ListBlocks().Count);
        }
    });

    [Fact]
    public void Who_connects_between_two_servers_is_served_by_the_next() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        string address = manager.Address;
        for (int round = 0; round < 4; round++)
        {
            KillServer(manager);
            using var client = SharedMemoryManager.Connect(address);
            Assert.Equal(manager.Id, client.Id);
        }
    });

    [Fact]
    public void The_fifth_death_within_a_minute_is_given_up_with_a_clear_error_and_mapped_blocks_keep_working() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(8);
        using var client = SharedMemoryManager.Connect(manager.Address);
        for (int death = 1; death <= 4; death++)
        {
            KillServer(manager);
            Assert.Single(manager.ListBlocks());
        }

        KillServer(manager);
        SharedMemoryManagerException e = Assert.Throws<SharedMemoryManagerException>(() => manager.ListBlocks());
        Assert.Equal(SharedMemoryManagerError.ServerLost, e.Error);
        Assert.Contains("5 times", e.Message, StringComparison.Ordinal);

        // Nobody would unlink a further block if the owner were killed now.
        Assert.Throws<SharedMemoryManagerException>(() => manager.CreateBlock(8));
        block.Span[0] = 1;
        Assert.Equal(1, block.Span[0]);
        manager.Dispose();
        Assert.Throws<SharedMemoryManagerException>(() => client.ListBlocks());
        client.Dispose();
        before.AssertUnchanged();
    });

    [Fact]
    public void A_server_killed_before_it_is_up_has_a_successor_too() =>
        Watchdog.Run(Deaths.Limit, () => Deaths.Run(41_000_000, static (number, random) =>
        {
            var manager = SharedMemoryManager.Start();
            using SharedMemory block = manager.CreateBlock(8);
            Thread.Sleep(random.Next(100));
            Signals.Send(manager.ServerProcessId, Signals.Kill);
            if (number % 2 == 0)
            {
                // The other half ends there and then.
                Assert.Equal([block.Name], manager.ListBlocks().Select(b => b.Name));
            }

            manager.Dispose();
        }));

    [Fact]
    public void A_server_killed_in_the_middle_of_a_restart_has_a_successor_too() =>
        Watchdog.Run(Deaths.Limit, () => Deaths.Run(42_000_000, static (_, random) =>
        {
            using var manager = SharedMemoryManager.Start();
            using SharedMemory block = manager.CreateBlock(8);
            manager.ListBlocks();
            int first = manager.ServerProcessId;
            Signals.Send(first, Signals.Kill);
            Eventually.True(() => manager.ServerProcessId != first, "the next server");
            Thread.Sleep(random.Next(150));
            Signals.Send(manager.ServerProcessId, Signals.Kill);
            Assert.Equal([block.Name], manager.ListBlocks().Select(b => b.Name));
        }));

    [Fact]
    public void An_owner_killed_in_the_middle_of_a_restart_leaves_nothing_after_a_reclaim() =>
        KillInTheMiddle(43_000_000, static (owner, _, _) => owner.Kill());

    [Fact]
    public void Owner_and_next_server_killed_in_the_middle_of_a_restart_leave_nothing_after_a_reclaim() => KillInTheMiddle(44_000_000, Deaths.KillBoth);

    private static void KillInTheMiddle(int seed, Action<ChildProcess, int, Random> kill) => Watchdog.Run(Deaths.Limit, () => Deaths.Run(
        seed,
        (_, random) =>
        {
            using ChildProcess owner = ChildProcess.Start("manager-restart");
            Signals.Send(Deaths.ServerOf(owner), Signals.Kill);

            // It says so as soon as there is the next one, which takes some 100 ms to come up.
            int next = Deaths.ServerOf(owner);
            Thread.Sleep(random.Next(150));
            kill(owner, next, random);
        },
        reclaim: true));

    /// <summary>Kills the server there is and returns its process id.</summary>
    private static int KillServer(SharedMemoryManager manager)
    {
        _ = manager.Address;
        int server = manager.ServerProcessId;
        Assert.True(Signals.Send(server, Signals.Kill));
        Eventually.True(() => !Processes.Alive(server).Any(), "the server's death");
        return server;
    }
}
