using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>Owner and server are both dead: who comes next cleans up after them, once, and after nobody else.</summary>
public sealed class ReclaimTests
{
    private readonly Random _random = new(20261122);

    [Fact]
    public void Reclaim_removes_blocks_socket_and_lease_and_says_what_and_why() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        (string id, string[] names, int pid) = KillBoth();
        Assert.All(names, name => Assert.True(SharedMemory.Exists(name)));
        ReclaimedManager reclaimed = Assert.Single(SharedMemoryManager.Reclaim());
        Assert.Equal((id, pid), (reclaimed.Id, reclaimed.OwnerProcessId));
        Assert.InRange(reclaimed.Started, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
        Assert.Equal(
            [.. names.Order(StringComparer.Ordinal), $"{Path.GetTempPath()}psm_{id}", $"/dev/shm/.psm_{id}.lease"],
            reclaimed.Removed.Order(StringComparer.Ordinal).OrderBy(what => what.StartsWith('/')).ThenBy(what => what.StartsWith("/dev", StringComparison.Ordinal)));
        Assert.Empty(reclaimed.NotRemoved);
        Assert.Contains("lock", reclaimed.Proof, StringComparison.Ordinal);
        Assert.Empty(SharedMemoryManager.Reclaim());
        before.AssertUnchanged();
    });

    [Fact]
    public void The_next_Start_reclaims_in_its_server() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        (_, string[] names, _) = KillBoth();
        using (var manager = SharedMemoryManager.Start())
        {
            _ = manager.Address;
            Eventually.True(() => !names.Any(SharedMemory.Exists), "the reclaim");
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void A_stopped_owner_and_server_are_alive() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using ChildProcess owner = ChildProcess.Start("manager-hold");
        string[] words = owner.ReadLine().Split(' ');
        int server = int.Parse(words[0], CultureInfo.InvariantCulture);
        Signals.Send(server, Signals.Stop);
        owner.Signal(Signals.Stop);
        Thread.Sleep(1000);
        Assert.Empty(SharedMemoryManager.Reclaim());
        Assert.All(words[2..], name => Assert.True(SharedMemory.Exists(name)));

        // One of the two is enough.
        Signals.Send(server, Signals.Kill);
        Assert.Empty(SharedMemoryManager.Reclaim());
        Assert.All(words[2..], name => Assert.True(SharedMemory.Exists(name)));
        owner.Signal(Signals.Continue);
        owner.WriteLine("end");
        Assert.Equal(0, owner.WaitForExit());
        before.AssertUnchanged();
    });

    [Fact]
    public void Many_reclaimers_at_once_find_each_dead_manager_once() => Watchdog.Run(TimeSpan.FromMinutes(2), () =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string[] dead = [.. KillBoth(5).Select(manager => manager.Id)];
        var found = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            foreach (ReclaimedManager manager in SharedMemoryManager.Reclaim())
            {
                found.Add(manager.Id);
            }
        });
        Assert.Equal(dead.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        before.AssertUnchanged();
    });

    [Fact]
    public void Reclaimers_killed_in_the_middle_leave_the_rest_to_the_next() => Watchdog.Run(Deaths.Limit, () =>
    {
        const int reclaimers = 10;
        const int blocks = 200;
        int inTheMiddle = 0;
        for (int round = 0; round < Deaths.Rounds; round += reclaimers)
        {
            ShmSnapshot before = ShmSnapshot.Take();

            // All start first, and then find dead managers enough for each to be in the middle of one.
            ChildProcess[] children = [.. Enumerable.Range(0, reclaimers).Select(_ => ChildProcess.Start("reclaim", "wait"))];
            Array.ForEach(children, child => Assert.Equal("ready", child.ReadLine()));
            string[] ids = [.. Enumerable.Range(0, 2 * reclaimers).Select(_ => Abandon(blocks))];
            Array.ForEach(children, child => child.WriteLine("go"));
            foreach (ChildProcess child in children)
            {
                Deaths.Sleep(_random.NextDouble() * 4);
                child.Kill();
                child.Dispose();
            }

            inTheMiddle += ids.Count(id => Directory.GetFiles("/dev/shm", $"psm_{id}_*").Length is > 0 and < blocks);
            SharedMemoryManager.Reclaim();
            before.AssertUnchanged();
        }

        Assert.NotEqual(0, inTheMiddle);
    });

    [Fact]
    public void Another_users_lease_is_left_alone() => Watchdog.Run(() =>
    {
        Peer.Require(Environment.UserName == "root", "root, to make a file another user's");
        (string id, string[] names, _) = KillBoth();
        string lease = $"/dev/shm/.psm_{id}.lease";
        Chown(lease, "nobody");
        try
        {
            Assert.Empty(SharedMemoryManager.Reclaim());
            Assert.All(names, name => Assert.True(SharedMemory.Exists(name)));
        }
        finally
        {
            Chown(lease, "root");
        }

        Assert.Single(SharedMemoryManager.Reclaim());
    });

    [Theory]
    [InlineData("")]
    [InlineData("manager x\nowner y\nstarted z\nsocket\n")]
    [InlineData("owner 99999999999999\nsocket /etc/psm_0/socket\n")]
    [InlineData("socket /tmp/precious/socket\n")]
    [InlineData("socket socket\n")]
    public void A_lease_of_any_content_is_cleaned_up_by_its_name_and_leads_nowhere_else(string content) => Watchdog.Run(() =>
    {
        const string id = "00000000abcd";
        string precious = Path.Combine(Path.GetTempPath(), "precious");
        Directory.CreateDirectory(precious);
        File.WriteAllText($"/dev/shm/.psm_{id}.lease", content);
        using SharedMemory block = SharedMemory.Create(1, $"psm_{id}_1");
        using SharedMemory other = SharedMemory.Create(1, "psm_00000000abce_1");
        try
        {
            ReclaimedManager reclaimed = Assert.Single(SharedMemoryManager.Reclaim());
            Assert.Equal([block.Name, $"/dev/shm/.psm_{id}.lease"], reclaimed.Removed);
            Assert.True(Directory.Exists(precious));
            Assert.True(SharedMemory.Exists(other.Name));
        }
        finally
        {
            other.Unlink();
            Directory.Delete(precious);
        }
    });

    [Fact]
    public void What_cannot_be_removed_is_reported_with_the_reason_and_the_lease_stays_for_the_next_try() => Watchdog.Run(() =>
    {
        Peer.Require(Environment.UserName == "root", "root, to make a name that cannot be unlinked (by a mount over it)");
        (string id, string[] names, _) = KillBoth();
        Run("mount", "--bind", "/etc/hostname", $"/dev/shm/{names[0]}");
        try
        {
            ReclaimedManager reclaimed = Assert.Single(SharedMemoryManager.Reclaim());
            Assert.Contains(names[0], Assert.Single(reclaimed.NotRemoved), StringComparison.Ordinal);
            Assert.All(names[1..], name => Assert.False(SharedMemory.Exists(name)));
            Assert.True(File.Exists($"/dev/shm/.psm_{id}.lease"));
        }
        finally
        {
            Run("umount", $"/dev/shm/{names[0]}");
        }

        Assert.Contains(names[0], Assert.Single(SharedMemoryManager.Reclaim()).Removed);
    });

    /// <summary>An owner with three blocks, dead together with its server.</summary>
    private static (string Id, string[] Names, int Pid) KillBoth() => KillBoth(1)[0];

    /// <summary>Several of them. They die together, or the server of one would clean up after the one before.</summary>
    private static (string Id, string[] Names, int Pid)[] KillBoth(int count)
    {
        ChildProcess[] owners = [.. Enumerable.Range(0, count).Select(_ => ChildProcess.Start("manager-hold"))];
        string[][] words = [.. owners.Select(owner => owner.ReadLine().Split(' '))];

        // Stopped for certain, so that it starts no other server; and each dead for certain, as a signal is sent before it has done its work.
        Array.ForEach(owners, owner => owner.Signal(Signals.Stop));
        Array.ForEach(owners, owner => Eventually.True(() => Processes.Status(owner.Id, "State").StartsWith('T'), "an owner's stop"));
        int[] servers = [.. words.Select(line => int.Parse(line[0], CultureInfo.InvariantCulture))];
        Array.ForEach(servers, server => Signals.Send(server, Signals.Kill));
        Array.ForEach(servers, server => Eventually.True(() => !Processes.Alive(server).Any(), "a server's death"));
        Array.ForEach(owners, owner => owner.Kill());
        Array.ForEach(owners, owner => owner.Dispose());
        return [.. words.Zip(owners, (line, owner) => (line[2].Split('_')[1], line[2..], owner.Id))];
    }

    /// <summary>A manager of which nobody is left, without a process.</summary>
    private static string Abandon(int blocks)
    {
        using var half = new HalfManager();
        half.ServeUnguarded(blocks);
        return half.Id;
    }

    private static void Chown(string path, string user) => Run("chown", user, path);

    private static void Run(string program, params string[] args)
    {
        using Process process = Process.Start(program, args);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
