using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>What is left by a death at each place: with a process that only looks dead, and with real kills.</summary>
public sealed class RingDeathTests
{
    [Theory]
    [InlineData(RingMode.Mpsc)]
    [InlineData(RingMode.Mpmc)]
    public void A_dead_producers_claim_is_a_hole_and_what_is_behind_it_is_delivered(RingMode mode)
    {
        using var scratch = new Scratch();
        SharedRing<int> dead = scratch.Ring<int>(8, mode);
        dead.TryEnqueue(1);
        Assert.True(dead.TryReserve(out RingReservation<int> place));
        place.Value = 99;
        Scratch.Die();

        SharedRing<int> ring = scratch.Attach(dead);
        for (int i = 2; i <= 7; i++)
        {
            Assert.True(ring.TryEnqueue(i));
        }

        Assert.False(ring.TryEnqueue(8));
        Assert.Equal(1, ring.Dequeue());
        Assert.False(ring.TryDequeue(out _));
        Assert.True(ring.Recover());
        Assert.Equal(1, ring.HoleCount);
        for (int lap = 0; lap < 3; lap++)
        {
            for (int i = 2; i <= 7; i++)
            {
                Assert.Equal(i, ring.Dequeue());
            }

            Assert.False(ring.TryDequeue(out _));
            Assert.Equal(6, ring.EnqueueMany([2, 3, 4, 5, 6, 7]));
        }
    }

    /// <summary>A hole in two laps one behind the other in the same slot, seen by a consumer whose hint is old.</summary>
    [Fact]
    public void Holes_in_every_slot_for_many_laps_lose_nothing()
    {
        using var scratch = new Scratch();
        SharedRing<int> ring = scratch.Ring<int>(4, RingMode.Mpmc);
        int next = 0;
        for (int i = 0; i < 200; i++)
        {
            SharedRing<int> dying = SharedRing<int>.Attach(ring.Name);
            Assert.True(dying.TryReserve(out _));
            Assert.True(ring.TryEnqueue(i));
            if (i % 3 == 0)
            {
                Assert.True(dying.TryReserve(out _));
            }

            // A handle that is closed gives up what it had claimed, as a death does.
            dying.Dispose();
            if (i % 2 == 1)
            {
                Assert.Equal(next++, ring.Dequeue());
                Assert.Equal(next++, ring.Dequeue());
            }
        }

        Assert.Equal(200, next);
        Assert.False(ring.TryDequeue(out _));
    }

    [Theory]
    [InlineData(RingMode.Spsc, TakenMessages.Redeliver)]
    [InlineData(RingMode.Spsc, TakenMessages.Drop)]
    [InlineData(RingMode.Mpsc, TakenMessages.Redeliver)]
    [InlineData(RingMode.Mpsc, TakenMessages.Drop)]
    [InlineData(RingMode.Mpmc, TakenMessages.Redeliver)]
    [InlineData(RingMode.Mpmc, TakenMessages.Drop)]
    public void A_dead_consumers_message_is_delivered_again_or_dropped_and_counted(RingMode mode, TakenMessages onDeath)
    {
        using var scratch = new Scratch();
        SharedRing<int> dead = scratch.Ring<int>(4, mode, onDeath);
        dead.EnqueueMany([1, 2, 3]);
        Assert.Equal(1, dead.Dequeue());
        Assert.True(dead.TryPeek(out RingMessage<int> taken));
        Assert.Equal(2, taken.Value);
        Scratch.Die();

        SharedRing<int> ring = scratch.Attach(dead);
        ring.Recover();
        Assert.Equal(onDeath, ring.OnConsumerDeath);
        if (onDeath == TakenMessages.Redeliver)
        {
            Assert.True(ring.TryPeek(out RingMessage<int> again));
            Assert.Equal((2, true), (again.Value, again.IsRedelivered));
            again.Advance();
        }

        Assert.True(ring.TryPeek(out RingMessage<int> last));
        Assert.Equal((3, false), (last.Value, last.IsRedelivered));
        last.Advance();
        Assert.False(ring.TryDequeue(out _));
        Assert.Equal(onDeath == TakenMessages.Redeliver ? (1, 0) : (0, 1), (ring.RedeliveredCount, ring.DroppedCount));
        for (int i = 0; i < 20; i++)
        {
            Assert.True(ring.TryEnqueue(i));
            Assert.Equal(i, ring.Dequeue());
        }
    }

    [Theory]
    [InlineData(RingMode.Spsc, TakenMessages.Redeliver)]
    [InlineData(RingMode.Spsc, TakenMessages.Drop)]
    [InlineData(RingMode.Mpsc, TakenMessages.Redeliver)]
    [InlineData(RingMode.Mpsc, TakenMessages.Drop)]
    [InlineData(RingMode.Mpmc, TakenMessages.Redeliver)]
    [InlineData(RingMode.Mpmc, TakenMessages.Drop)]
    public void The_same_for_messages_of_any_size_and_the_holes_of_producers(RingMode mode, TakenMessages onDeath)
    {
        using var scratch = new Scratch();
        SharedRing dead = scratch.Messages(1024, mode, onDeath);
        dead.EnqueueMany([new byte[1], new byte[2]]);
        byte[] buffer = new byte[512];
        Assert.True(dead.TryDequeue(buffer, out _));
        Assert.True(dead.TryPeek(out _));
        Assert.True(dead.TryReserve(100, out _));
        Scratch.Die();

        SharedRing ring = scratch.Attach(dead);
        Assert.True(ring.TryEnqueue(new byte[3]));
        ring.Recover();
        var lengths = new List<int>();
        while (lengths.Count < 100 && (ring.TryDequeue(buffer, out int length) || Again()))
        {
            lengths.Add(length);
        }

        Assert.Equal(onDeath == TakenMessages.Redeliver ? [2, 3] : [3], lengths);
        Assert.Equal(onDeath == TakenMessages.Redeliver ? (1, 0) : (0, 1), (ring.RedeliveredCount, ring.DroppedCount));
        Assert.Equal(mode == RingMode.Spsc ? 0 : 1, ring.HoleCount);
        for (int i = 0; i < 200; i++)
        {
            Assert.True(ring.TryEnqueue(new byte[i]));
            Assert.Equal(i, ring.Dequeue().Length);
        }

        bool Again()
        {
            ring.Recover();
            return ring.TryDequeue(buffer, out int length) && Add(length);
        }

        bool Add(int length)
        {
            lengths.Add(length);
            return false;
        }
    }

    [Theory]
    [InlineData(RingMode.Mpsc, "values")]
    [InlineData(RingMode.Mpmc, "values")]
    [InlineData(RingMode.Mpsc, "messages")]
    [InlineData(RingMode.Mpmc, "messages")]
    public void A_producer_that_is_stopped_is_waited_for_and_one_that_is_killed_is_not(RingMode mode, string kind) => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string name = kind == "values" ? scratch.Ring<StressMessage>(8, mode).Name : scratch.Messages(4096, mode).Name;
        using ChildProcess child = ChildProcess.Start("ring-reserve", name, kind);
        Assert.Equal("reserved", child.ReadLine());
        child.Signal(Signals.Stop);
        using SharedRing<StressMessage>? values = kind == "values" ? SharedRing<StressMessage>.Attach(name) : null;
        using SharedRing? messages = values is null ? SharedRing.Attach(name) : null;
        byte[] buffer = new byte[100];
        Assert.True(values?.TryEnqueue(StressMessage.Of(1, 1)) ?? messages!.TryEnqueue(new byte[7]));
        Assert.False(values?.TryDequeue(out _, TimeSpan.FromMilliseconds(300)) ?? messages!.TryDequeue(buffer, out _, TimeSpan.FromMilliseconds(300)));
        child.Kill();
        long start = Stopwatch.GetTimestamp();
        Assert.True(values?.TryDequeue(out _, TimeSpan.FromSeconds(30)) ?? messages!.TryDequeue(buffer, out _, TimeSpan.FromSeconds(30)));
        TestContext.Current.TestOutputHelper?.WriteLine($"went on after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
        Assert.Equal(1, values?.HoleCount ?? messages!.HoleCount);
    });

    [Theory]
    [InlineData("values")]
    [InlineData("messages")]
    public void A_consumer_that_is_killed_with_a_message_gives_it_to_another_who_waits(string kind) => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedRing<StressMessage>? values = kind == "values" ? scratch.Ring<StressMessage>(8, RingMode.Mpmc) : null;
        SharedRing? messages = values is null ? scratch.Messages(4096, RingMode.Mpmc) : null;
        Assert.True(values?.TryEnqueue(StressMessage.Of(1, 1)) ?? messages!.TryEnqueue(new byte[1]));
        using ChildProcess child = ChildProcess.Start("ring-peek", values?.Name ?? messages!.Name, kind);
        Assert.Equal("peeked 1", child.ReadLine());
        byte[] buffer = new byte[100];
        Assert.False(values?.TryDequeue(out _, TimeSpan.FromMilliseconds(200)) ?? messages!.TryDequeue(buffer, out _, TimeSpan.FromMilliseconds(200)));
        child.Kill();
        Assert.True(values?.TryDequeue(out _, TimeSpan.FromSeconds(30)) ?? messages!.TryDequeue(buffer, out _, TimeSpan.FromSeconds(30)));
        Assert.Equal(1, values?.RedeliveredCount ?? messages!.RedeliveredCount);
    });

    [Fact]
    public void The_one_producer_and_the_one_consumer_are_followed_by_others_when_they_are_killed() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedRing<StressMessage> ring = scratch.Ring<StressMessage>(8, RingMode.Spsc);
        using ChildProcess producer = ChildProcess.Start("ring-reserve", ring.Name, "values", "first");
        Assert.Equal("reserved", producer.ReadLine());
        Assert.Throws<InvalidOperationException>(() => ring.TryEnqueue(default));
        using ChildProcess consumer = ChildProcess.Start("ring-peek", ring.Name, "values");
        Assert.Equal("peeked 0", consumer.ReadLine());
        Assert.Throws<InvalidOperationException>(() => ring.TryDequeue(out _));
        producer.Kill();
        consumer.Kill();
        Assert.True(ring.TryEnqueue(StressMessage.Of(1, 1)));
        Assert.True(ring.TryPeek(out RingMessage<StressMessage> first));
        Assert.Equal((StressMessage.Of(9, 0), true), (first.Value, first.IsRedelivered));
        first.Advance();
        Assert.Equal(StressMessage.Of(1, 1), ring.Dequeue());
        Assert.Equal((0, 1), (ring.HoleCount, ring.RedeliveredCount));
    });
}
