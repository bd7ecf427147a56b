using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>What ends with what: clients that asked for it, and the report of a manager's end.</summary>
public sealed class EndTests
{
    [Fact]
    public void A_client_that_asked_for_it_takes_its_own_blocks_along_when_it_is_killed() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory owners = manager.CreateBlock(1);
        using ChildProcess keeps = ChildProcess.Start(start => start.UseManager(manager), "client-hold");
        using ChildProcess releases = ChildProcess.Start(start => start.UseManager(manager), "client-hold", "release");
        string[] kept = keeps.ReadLine().Split(' ');
        string[] released = releases.ReadLine().Split(' ');
        keeps.Kill();
        releases.Kill();
        Eventually.True(() => !released.Any(SharedMemory.Exists), "the release");
        Assert.Equal(kept.Append(owners.Name).Order(StringComparer.Ordinal), manager.ListBlocks().Select(b => b.Name));
    });

    [Fact]
    public void A_client_that_asked_for_it_takes_its_blocks_along_when_it_is_disposed() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        SharedMemory block;
        using (var client = SharedMemoryManager.Connect(manager.Address, new() { ReleaseOnDeath = true }))
        {
            block = client.CreateBlock(1);
            Assert.Single(client.ListBlocks());
        }

        Eventually.True(() => !SharedMemory.Exists(block.Name), "the release");
        block.Dispose();
    });

    [Fact]
    public void The_wish_of_a_client_outlives_a_server() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using ChildProcess client = ChildProcess.Start(start => start.UseManager(manager), "client-hold", "release");
        string[] names = client.ReadLine().Split(' ');
        Signals.Send(manager.ServerProcessId, Signals.Kill);
        Assert.Equal(2, manager.ListBlocks().Count);

        // Its kinds are told again once it has found the next server.
        Eventually.True(() => manager.ListBlocks().Any(b => b.Kind == "list"), "the client's return");
        client.Kill();
        Eventually.True(() => !names.Any(SharedMemory.Exists), "the release");
    });

    [Fact]
    public void The_report_of_the_end_counts_what_was_removed() => Watchdog.Run(() =>
    {
        var manager = SharedMemoryManager.Start();
        SharedMemory[] blocks = [.. Enumerable.Range(0, 7).Select(_ => manager.CreateBlock(1))];
        _ = manager.Address;
        blocks[0].Unlink();
        SharedMemoryShutdownReport report = manager.Shutdown();
        Assert.Equal(6, report.Removed);
        Assert.Empty(report.NotRemoved);
        Assert.Same(report, manager.Shutdown());
        Array.ForEach(blocks, block => block.Dispose());
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_cannot_be_removed_stops_nothing_and_is_reported(bool serverIsUp) => Watchdog.Run(() =>
    {
        Peer.Require(Environment.UserName == "root", "root, to make a name that cannot be unlinked (by a mount over it)");
        var manager = SharedMemoryManager.Start();
        SharedMemory[] blocks = [.. Enumerable.Range(0, 5).Select(_ => manager.CreateBlock(1))];
        if (serverIsUp)
        {
            manager.ListBlocks();
        }

        string stuck = blocks[2].Name;
        Run("mount", "--bind", "/etc/hostname", $"/dev/shm/{stuck}");
        try
        {
            SharedMemoryShutdownReport report = manager.Shutdown();
            Assert.Contains(stuck, Assert.Single(report.NotRemoved), StringComparison.Ordinal);
            Assert.Equal([stuck], blocks.Select(block => block.Name).Where(SharedMemory.Exists));
        }
        finally
        {
            Run("umount", $"/dev/shm/{stuck}");
        }

        // Its lease stayed, so the next one who cleans up finds it.
        Assert.Contains(stuck, Assert.Single(SharedMemoryManager.Reclaim()).Removed);
        Array.ForEach(blocks, block => block.Dispose());
    });

    private static void Run(string program, params string[] args)
    {
        using Process process = Process.Start(program, args);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
