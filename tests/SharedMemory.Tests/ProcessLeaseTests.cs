using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>Who is dead: told by winning a lock, and by nothing else.</summary>
public sealed class ProcessLeaseTests : IDisposable
{
    /// <summary>This process's own lease would stay until its end, and look like a leak until then.</summary>
    public void Dispose()
    {
        ProcessLease.Abandon();
        ProcessLease.RemoveDead();
    }

    [Fact]
    public void A_process_has_one_lease_and_lives()
    {
        ProcessLease lease = ProcessLease.Current;
        Assert.Same(lease, ProcessLease.Current);
        Assert.NotEqual(0UL, lease.Id);
        Assert.False(ProcessLease.IsDead(lease.Id));
        Assert.Null(ProcessLease.TryWin(lease.Id));
        Assert.True(File.Exists(PathOf(lease.Id)));
        Assert.DoesNotContain(SharedMemory.List(), block => block.Name.EndsWith(".lease", StringComparison.Ordinal));
    }

    [Fact]
    public void A_process_that_ends_cleanly_removes_its_lease_and_is_dead() => Watchdog.Run(() =>
    {
        using ChildProcess child = ChildProcess.Start("lease-hold");
        ulong id = Id(child.ReadLine());
        Assert.False(ProcessLease.IsDead(id));
        child.WriteLine("end");
        Assert.Equal(0, child.WaitForExit());
        Assert.False(File.Exists(PathOf(id)));
        Assert.True(ProcessLease.IsDead(id));
    });

    [Fact]
    public void A_process_killed_a_hundred_times_is_dead_each_time_and_one_cleaner_wins() => Watchdog.Run(TimeSpan.FromMinutes(5), () =>
    {
        for (int round = 0; round < 100; round++)
        {
            using ChildProcess child = ChildProcess.Start("lease-hold");
            ulong id = Id(child.ReadLine());
            child.Kill();
            Assert.True(ProcessLease.IsDead(id));
            int winners = 0;
            Parallel.For(0, 8, _ =>
            {
                using LeaseFile? won = ProcessLease.TryWin(id);
                if (won is not null)
                {
                    Interlocked.Increment(ref winners);
                    won.Remove();
                }
            });
            Assert.Equal(1, winners);
            Assert.True(ProcessLease.IsDead(id));
            Assert.Null(ProcessLease.TryWin(id));
        }
    });

    [Fact]
    public void A_stopped_process_is_alive() => Watchdog.Run(() =>
    {
        using ChildProcess child = ChildProcess.Start("lease-hold");
        ulong id = Id(child.ReadLine());
        child.Signal(Signals.Stop);
        Thread.Sleep(500);
        Assert.False(ProcessLease.IsDead(id));
        Assert.Null(ProcessLease.TryWin(id));
        child.Signal(Signals.Continue);
        child.WriteLine("end");
        Assert.Equal(0, child.WaitForExit());
        Assert.False(File.Exists(PathOf(id)));
    }, "a stopped process");

    [Fact]
    public void A_winner_that_lets_go_leaves_the_work_to_the_next() => Watchdog.Run(() =>
    {
        using ChildProcess child = ChildProcess.Start("lease-hold");
        ulong id = Id(child.ReadLine());
        child.Kill();
        using (LeaseFile? first = ProcessLease.TryWin(id))
        {
            Assert.NotNull(first);
            Assert.Null(ProcessLease.TryWin(id));
        }

        using LeaseFile? second = ProcessLease.TryWin(id);
        Assert.NotNull(second);
        Assert.StartsWith("process ", second.Content, StringComparison.Ordinal);
        second.Remove();
    });

    [Fact]
    public void Leases_of_the_dead_are_swept_and_no_others() => Watchdog.Run(() =>
    {
        using ChildProcess dead = ChildProcess.Start("lease-hold");
        using ChildProcess alive = ChildProcess.Start("lease-hold");
        ulong deadId = Id(dead.ReadLine());
        ulong aliveId = Id(alive.ReadLine());
        dead.Kill();
        Assert.InRange(ProcessLease.RemoveDead(), 1, int.MaxValue);
        Assert.False(File.Exists(PathOf(deadId)));
        Assert.True(File.Exists(PathOf(aliveId)));
        Assert.False(ProcessLease.IsDead(aliveId));
        alive.WriteLine("end");
        alive.WaitForExit();
    });

    /// <summary>The twin, in this process, of the tests that kill.</summary>
    [Fact]
    public void An_abandoned_lease_is_that_of_a_dead_process_and_the_next_is_another()
    {
        ulong id = ProcessLease.Current.Id;
        ProcessLease.Abandon();
        Assert.True(ProcessLease.IsDead(id));
        using (LeaseFile? won = ProcessLease.TryWin(id))
        {
            Assert.NotNull(won);
            won.Remove();
        }

        Assert.NotEqual(id, ProcessLease.Current.Id);
        Assert.False(ProcessLease.IsDead(ProcessLease.Current.Id));
    }

    [Fact]
    public void A_lease_that_may_not_be_opened_or_is_another_users_is_not_dead()
    {
        Peer.Require(Environment.UserName == "root", "root, to make a file another user's");
        const ulong id = 0xabcdef;
        File.WriteAllText(PathOf(id), "");
        try
        {
            using (System.Diagnostics.Process chown = System.Diagnostics.Process.Start("chown", ["nobody", PathOf(id)]))
            {
                chown.WaitForExit();
            }

            Assert.False(ProcessLease.IsDead(id));
            Assert.Null(ProcessLease.TryWin(id));
        }
        finally
        {
            File.Delete(PathOf(id));
        }
    }

    private static string PathOf(ulong id) => $"/dev/shm/.psm_process_{id:x16}.lease";

    private static ulong Id(string line) => ulong.Parse(line, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
