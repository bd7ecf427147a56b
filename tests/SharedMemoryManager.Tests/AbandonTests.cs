namespace Multiprocessing.Tests;

/// <summary>
/// Every state that a manager can be left in: made in this process and let go of, and made in a process that is then killed. Both leave the same, and
/// a reclaim leaves nothing.
/// </summary>
public sealed class AbandonTests
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, RecurseSubdirectories = true };

    public static TheoryData<string> States => [.. HalfManager.States.Keys];

    [Theory]
    [MemberData(nameof(States))]
    public void What_is_abandoned_in_a_state_is_what_SIGKILL_leaves_and_is_reclaimed(string state) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string abandonedId;
        using (var half = new HalfManager())
        {
            HalfManager.States[state](half);
            abandonedId = half.Id;
        }

        string[] abandoned = Remains(abandonedId);
        AssertReclaimed(state, abandonedId, abandoned);
        before.AssertUnchanged();

        using ChildProcess child = ChildProcess.Start("abandon", state);
        string killedId = child.ReadLine();
        Assert.Equal(128 + Signals.Kill, child.WaitForExit());
        string[] killed = Remains(killedId);
        Assert.Equal(abandoned, killed);
        AssertReclaimed(state, killedId, killed);
        before.AssertUnchanged();
    });

    [Theory]
    [MemberData(nameof(States))]
    public void A_living_maker_of_any_state_is_left_alone(string state) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (var half = new HalfManager())
        {
            HalfManager.States[state](half);
            string[] there = Remains(half.Id);
            Assert.Empty(SharedMemoryManager.Reclaim());
            Assert.Equal(there, Remains(half.Id));
        }

        SharedMemoryManager.Reclaim();
        before.AssertUnchanged();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_abandoned_owner_leaves_its_end_to_the_server(bool isServerUp) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        var manager = SharedMemoryManager.Start();
        SharedMemory[] blocks = [.. Enumerable.Range(0, 5).Select(_ => manager.CreateBlock(8))];
        if (isServerUp)
        {
            manager.ListBlocks();
        }

        manager.Abandon();
        Assert.Throws<ObjectDisposedException>(() => manager.CreateBlock(8));
        before.AssertUnchanged();
        Assert.Equal(0, manager.Shutdown().Removed);
        Array.ForEach(blocks, block => block.Dispose());
    });

    [Fact]
    public void An_abandoned_owner_whose_server_is_dead_leaves_all_to_a_reclaim() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(8);
        manager.ListBlocks();
        int server = manager.ServerProcessId;

        // A server that is stopped reads no end of its input, and so it is killed with all that it was to remove.
        Signals.Send(server, Signals.Stop);
        manager.Abandon();
        Assert.Empty(SharedMemoryManager.Reclaim());
        Signals.Send(server, Signals.Kill);
        Eventually.True(() => !Processes.Alive(server).Any(), "the server's death");
        Assert.Contains(block.Name, Assert.Single(SharedMemoryManager.Reclaim()).Removed);
        before.AssertUnchanged();
    });

    [Fact]
    public void Nobody_waits_for_a_server_of_an_abandoned_manager() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string address;
        using (var half = new HalfManager())
        {
            address = $"unix:{Path.GetTempPath()}psm_{half.ServeUnguarded(1).Id}/socket?token=00";
        }

        SharedMemoryManagerException e = Assert.Throws<SharedMemoryManagerException>(() => SharedMemoryManager.Connect(address));
        Assert.Equal(SharedMemoryManagerError.NotFound, e.Error);
        Assert.Single(SharedMemoryManager.Reclaim());
        before.AssertUnchanged();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_abandoned_client_leaves_its_blocks_or_takes_them_along(bool releases) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start())
        {
            var client = SharedMemoryManager.Connect(manager.Address, new() { ReleaseOnDeath = releases });
            using SharedMemory told = client.CreateBlock(8);
            client.ListBlocks();
            using SharedMemory untold = client.CreateBlock(8);
            client.Abandon();
            if (releases)
            {
                Eventually.True(() => manager.ListBlocks().Count == 0, "the release");
            }

            Assert.Equal(releases ? 0 : 2, manager.ListBlocks().Count);
        }

        before.AssertUnchanged();
    });

    private static void AssertReclaimed(string state, string id, string[] remains)
    {
        IReadOnlyList<ReclaimedManager> reclaimed = SharedMemoryManager.Reclaim();
        if (HalfManager.WithoutLease.Contains(state))
        {
            Assert.Empty(remains);
            Assert.Empty(reclaimed);
            return;
        }

        ReclaimedManager manager = Assert.Single(reclaimed);
        Assert.Equal(id, manager.Id);
        Assert.Empty(manager.NotRemoved);
        Assert.NotEmpty(remains);
        Assert.Empty(Remains(id));
    }

    /// <summary>All that is there of a manager, without its id, which is another each time.</summary>
    private static string[] Remains(string id) =>
    [
        .. Directory.EnumerateFileSystemEntries("/dev/shm", $"*psm_{id}*", Everything)
            .Concat(Directory.EnumerateFileSystemEntries(Path.GetTempPath(), "*", Everything).Where(path => path.Contains($"psm_{id}", StringComparison.Ordinal)))
            .Select(path => path.Replace(id, "ID", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];
}
