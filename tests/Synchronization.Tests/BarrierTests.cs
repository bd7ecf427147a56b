using System.Globalization;

namespace Multiprocessing.Tests;

public sealed class BarrierTests
{
    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("DEATH_ROUNDS"), CultureInfo.InvariantCulture, out int rounds) ? rounds : 100;

    [Fact]
    public void All_pass_together_phase_after_phase_and_each_has_an_order_of_its_own() => Watchdog.Run(() =>
    {
        const int Parties = 4;
        const int Phases = 500;
        using SharedBarrier barrier = SharedBarrier.Create(Parties);
        barrier.Unlink();
        int[] orders = new int[Phases];
        int[] arrived = new int[Phases];
        Action[] ends = [.. Enumerable.Range(0, Parties).Select(_ => Threads.Start(() =>
        {
            for (int phase = 0; phase < Phases; phase++)
            {
                Interlocked.Increment(ref arrived[phase]);
                int order = barrier.SignalAndWait();
                Interlocked.Or(ref orders[phase], 1 << order);
                Assert.Equal(Parties, Volatile.Read(ref arrived[phase]));
            }
        }))];
        Array.ForEach(ends, end => end());
        Assert.All(orders, seen => Assert.Equal(0b1111, seen));
        Assert.Equal(Phases, barrier.CurrentPhaseNumber);
        Assert.Equal((0, false), (barrier.ParticipantsWaiting, barrier.IsBroken));
    });

    [Fact]
    public void A_time_out_and_a_cancellation_take_the_arrival_back() => Watchdog.Run(() =>
    {
        using SharedBarrier barrier = SharedBarrier.Create(2);
        barrier.Unlink();
        Assert.False(barrier.SignalAndWait(TimeSpan.Zero));
        Assert.False(barrier.SignalAndWait(TimeSpan.FromMilliseconds(30)));
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        Assert.ThrowsAny<OperationCanceledException>(() => barrier.SignalAndWait(soon.Token));
        Assert.Equal(0, barrier.ParticipantsWaiting);
        Action other = Threads.Start(() => barrier.SignalAndWait());
        Assert.True(barrier.SignalAndWait(TimeSpan.FromSeconds(30)));
        other();
    });

    [Fact]
    public void Broken_it_stays_so_for_all_until_it_is_reset() => Watchdog.Run(() =>
    {
        using SharedBarrier barrier = SharedBarrier.Create(2);
        barrier.Unlink();
        Action waiter = Threads.Start(() => barrier.SignalAndWait());
        Eventually.True(() => barrier.ParticipantsWaiting == 1, "the arrival");
        barrier.Break();
        Assert.Throws<BrokenBarrierException>(waiter);
        Assert.True(barrier.IsBroken);
        Assert.Throws<BrokenBarrierException>(() => barrier.SignalAndWait());
        barrier.Reset();
        Assert.False(barrier.IsBroken);
        Action other = Threads.Start(() => barrier.SignalAndWait());
        barrier.SignalAndWait();
        other();
    });

    [Fact]
    public void A_reset_breaks_it_for_who_waits_and_for_nobody_else() => Watchdog.Run(() =>
    {
        using SharedBarrier barrier = SharedBarrier.Create(3);
        barrier.Unlink();
        Action waiter = Threads.Start(() => barrier.SignalAndWait());
        Eventually.True(() => barrier.ParticipantsWaiting == 1, "the arrival");
        barrier.Reset();
        Assert.Equal(0, barrier.ParticipantsWaiting);
        Action[] others = [.. Enumerable.Range(0, 2).Select(_ => Threads.Start(() => barrier.SignalAndWait()))];
        barrier.SignalAndWait();
        Array.ForEach(others, end => end());
        Assert.Throws<BrokenBarrierException>(waiter);
    });

    [Fact]
    public void A_party_that_is_killed_at_a_random_moment_breaks_it_for_all_the_others() => Watchdog.Run(TimeSpan.FromSeconds(60 + (3 * Rounds)), () =>
    {
        const int Children = 3;
        var random = new Random(7);
        using SharedBarrier barrier = SharedBarrier.Create(Children);
        var children = Enumerable.Range(0, Children).Select(_ => Start()).ToList();
        children.ForEach(child => Assert.Equal("ready", child.ReadLine()));
        for (int round = 0; round < Rounds; round++)
        {
            long phase = barrier.CurrentPhaseNumber;
            Eventually.True(() => barrier.CurrentPhaseNumber > phase, "all pass");
            Thread.SpinWait(random.Next(20_000));
            using ChildProcess victim = children[random.Next(Children)];
            children.Remove(victim);
            ChildProcess next = Start();
            victim.Kill();
            children.ForEach(child => Assert.Equal("broken", child.ReadLine()));
            Assert.True(barrier.IsBroken);
            children.Add(next);
            Assert.Equal("broken", ReadyOrBroken(next));
            barrier.Reset();
            children.ForEach(child => child.WriteLine("again"));
        }

        children.ForEach(child => child.Kill());
        children.ForEach(child => child.Dispose());
        barrier.Unlink();
        ProcessLease.RemoveDead();

        ChildProcess Start() => ChildProcess.Start("barrier-loop", barrier.Name);

        static string ReadyOrBroken(ChildProcess child)
        {
            Assert.Equal("ready", child.ReadLine());
            return child.ReadLine();
        }
    });

    [Fact]
    public void A_party_that_leaves_by_dispose_is_not_taken_for_dead() => Watchdog.Run(() =>
    {
        using SharedBarrier barrier = SharedBarrier.Create(2);
        for (int i = 0; i < 3; i++)
        {
            using SharedBarrier other = SharedBarrier.Attach(barrier.Name);
            Action end = Threads.Start(() => other.SignalAndWait());
            barrier.SignalAndWait();
            end();
        }

        Assert.False(barrier.SignalAndWait(TimeSpan.FromMilliseconds(50)));
        Assert.False(barrier.IsBroken);
        barrier.Unlink();
    });

    [Fact]
    public void The_number_of_parties_is_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedBarrier.Create(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedBarrier.Create(SharedBarrier.MostParticipants + 1));
        using SharedBarrier one = SharedBarrier.Create(1);
        one.Unlink();
        Assert.Equal(0, one.SignalAndWait());
    }
}
