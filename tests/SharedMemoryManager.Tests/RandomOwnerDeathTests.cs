namespace Multiprocessing.Tests;

/// <summary>The owner dies for real, at random moments, alone or with others: what is left is what was there before.</summary>
public sealed class RandomOwnerDeathTests
{
    [Fact]
    public void An_owner_killed_at_a_random_moment_leaves_nothing() => Watchdog.Run(Deaths.Limit, () => Deaths.Run(1_000_000, (_, random) =>
    {
        using ChildProcess owner = ChildProcess.Start("manager-churn");

        // From before its first instruction to well into its work; its start takes some 100 ms, and more with others beside it.
        Thread.Sleep(random.Next(600));
        owner.Kill();
    }));

    [Fact]
    public void An_owner_killed_within_the_first_100_ms_of_its_manager_leaves_nothing() =>
        Watchdog.Run(Deaths.Limit, () => Deaths.Run(2_000_000, (_, random) =>
        {
            using ChildProcess owner = ChildProcess.Start("manager-churn");
            Deaths.ServerOf(owner);
            Thread.Sleep(random.Next(100));
            owner.Kill();
        }));

    [Theory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Interrupt)]
    [InlineData(1)]
    public void An_owner_ended_by_a_signal_at_a_random_moment_leaves_nothing(int signal) =>
        Watchdog.Run(Deaths.Limit, () => Deaths.Run(3_000_000 + signal, (_, random) =>
        {
            using ChildProcess owner = ChildProcess.Start("manager-churn");
            Deaths.ServerOf(owner);
            Thread.Sleep(random.Next(100));
            owner.Signal(signal);
            Assert.Equal(128 + signal, owner.WaitForExit());
        }));

    [Fact]
    public void A_stopped_owner_that_is_killed_leaves_nothing() => Watchdog.Run(Deaths.Limit, () => Deaths.Run(4_000_000, (_, random) =>
    {
        using ChildProcess owner = ChildProcess.Start("manager-churn");
        Deaths.ServerOf(owner);
        Thread.Sleep(random.Next(60));
        owner.Signal(Signals.Stop);
        Thread.Sleep(random.Next(60));
        owner.Kill();
    }));

    [Fact]
    public void An_owner_killed_with_its_whole_process_group_leaves_nothing() =>
        Watchdog.Run(Deaths.Limit, () => Deaths.Run(5_000_000, (_, random) =>
        {
            // A session of its own, so that the test is not in its group; a client is. The server has left it before its first instruction.
            using ChildProcess owner = ChildProcess.Start(
                start =>
                {
                    start.ArgumentList.Insert(0, start.FileName);
                    start.FileName = "setsid";
                },
                "manager-family");
            Deaths.ServerOf(owner);
            Thread.Sleep(random.Next(400));
            Assert.True(Signals.Send(-owner.Id, Signals.Kill));
            Assert.Equal(128 + Signals.Kill, owner.WaitForExit());
        }));

    [Fact]
    public void Owner_and_server_killed_at_random_moments_leave_nothing_after_a_reclaim() =>
        Watchdog.Run(
            Deaths.Limit,
            () => Deaths.Run(
                6_000_000,
                (_, random) =>
                {
                    using ChildProcess owner = ChildProcess.Start("manager-churn");
                    int server = Deaths.ServerOf(owner);
                    Thread.Sleep(random.Next(200));
                    Deaths.KillBoth(owner, server, random);
                },
                reclaim: true));

    [Fact]
    public void An_owner_killed_in_the_middle_of_a_blocks_creation_leaves_nothing() =>
        Watchdog.Run(Deaths.Limit, () => Deaths.Run(7_000_000, (_, random) =>
        {
            // It does nothing but make big blocks and release them: nearly all its time is spent in the middle of a creation.
            using ChildProcess owner = ChildProcess.Start("manager-create");
            Deaths.ServerOf(owner);
            Thread.Sleep(random.Next(100));
            owner.Kill();
        }));
}
