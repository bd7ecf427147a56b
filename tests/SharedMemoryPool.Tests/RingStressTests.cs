using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>
/// Many processes at one ring, every message accounted for. RING_MESSAGES says how many messages a run has (one million by default), DEATH_ROUNDS how many are killed (30 by
/// default).
/// </summary>
public sealed class RingStressTests
{
    private static readonly int Messages = Setting("RING_MESSAGES", 1_000_000);
    private static readonly int Deaths = Setting("DEATH_ROUNDS", 30);

    [Theory]
    [InlineData(RingMode.Spsc, 1, 1, "values")]
    [InlineData(RingMode.Mpsc, 4, 1, "values")]
    [InlineData(RingMode.Mpmc, 4, 4, "values")]
    [InlineData(RingMode.Spsc, 1, 1, "messages")]
    [InlineData(RingMode.Mpsc, 4, 1, "messages")]
    [InlineData(RingMode.Mpmc, 4, 4, "messages")]
    public void None_is_lost_none_doubled_none_out_of_its_producers_order(RingMode mode, int producers, int consumers, string kind) =>
        Watchdog.Run(TimeSpan.FromMinutes(30), () =>
        {
            using var scratch = new Scratch();
            string ring = kind == "values" ? scratch.Ring<StressMessage>(1024, mode).Name : scratch.Messages(1 << 17, mode).Name;
            int each = Messages / producers / (kind == "values" ? 1 : 4);
            long offset = 8L * producers;
            SharedMemory tally = scratch.Block(offset + ((long)producers * each));
            ChildProcess[] readers = [.. Enumerable.Range(0, consumers).Select(_ => scratch.Keep(ChildProcess.Start("ring-consume", ring, tally.Name, $"{offset}", $"{each}", kind)))];
            ChildProcess[] writers = [.. Enumerable.Range(0, producers).Select(i => scratch.Keep(ChildProcess.Start("ring-produce", ring, tally.Name, $"{i}", $"{each}", kind)))];
            foreach (ChildProcess child in readers.Concat(writers))
            {
                Assert.Equal("ready", child.ReadLine());
            }

            Array.ForEach([.. readers, .. writers], static child => child.WriteLine("go"));
            foreach (ChildProcess writer in writers)
            {
                Assert.Equal("done", writer.ReadLine(TimeSpan.FromMinutes(20)));
                writer.CloseInput();
                Assert.Equal(0, writer.WaitForExit());
            }

            long got = 0;
            foreach (ChildProcess reader in readers)
            {
                reader.CloseInput();
                long[] said = Numbers(reader.ReadLine(TimeSpan.FromMinutes(5)));
                got += said[0];
                Assert.Equal((0, 0), (said[1], said[2]));
                Assert.Equal(0, reader.WaitForExit());
            }

            Assert.Equal((long)producers * each, got);
            Assert.Equal(-1, tally.AsReadOnlySpan<byte>(offset).IndexOfAnyExcept((byte)1));
        });

    [Theory]
    [InlineData("values")]
    [InlineData("messages")]
    public void Kills_of_producers_and_consumers_cost_what_is_promised_and_no_more(string kind) => Watchdog.Run(TimeSpan.FromMinutes(60), () =>
    {
        const int Each = 200_000;
        using var scratch = new Scratch();
        SharedRing<StressMessage>? values = kind == "values" ? scratch.Ring<StressMessage>(64, RingMode.Mpmc) : null;
        SharedRing? messages = values is null ? scratch.Messages(8192, RingMode.Mpmc) : null;
        string ring = values?.Name ?? messages!.Name;
        int rounds = Deaths / 2;
        int incarnations = rounds + 2;
        long offset = 8L * incarnations;
        SharedMemory tally = scratch.Block(offset + ((long)incarnations * Each));
        var random = new Random(7);
        int born = 0;
        var writers = new Queue<ChildProcess>();
        var readers = new Queue<ChildProcess>();
        int readersKilled = 0;
        void Writer() => writers.Enqueue(Going(scratch.Keep(ChildProcess.Start("ring-produce", ring, tally.Name, $"{born++}", $"{Each}", kind, "slow"))));
        void Reader() => readers.Enqueue(Going(scratch.Keep(ChildProcess.Start("ring-consume", ring, tally.Name, $"{offset}", $"{Each}", kind, "slow"))));
        Writer();
        Reader();
        for (int i = 0; i < rounds; i++)
        {
            // The next is up before the last one goes, so that there is always somebody who must go on.
            Writer();
            Reader();
            Thread.Sleep(random.Next(20));
            Signals.Send(writers.Peek().Id, Signals.Kill);
            Signals.Send(readers.Peek().Id, Signals.Kill);
            writers.Dequeue().WaitForExit();
            readers.Dequeue().WaitForExit();
            readersKilled++;
        }

        // The last one writes on, after all those deaths: somebody who hangs would be seen.
        ChildProcess last = writers.Dequeue();
        Assert.Equal("done", last.ReadLine(TimeSpan.FromMinutes(5)));
        Reader();
        Thread.Sleep(300);
        foreach (ChildProcess reader in readers)
        {
            reader.CloseInput();
            long[] said = Numbers(reader.ReadLine(TimeSpan.FromMinutes(5)));
            Assert.Equal((0, 0), (said[1], said[2]));
        }

        // What is left is what dead consumers had: one more handle gets it.
        values?.Recover();
        messages?.Recover();
        Assert.Equal(0, values?.Count ?? messages!.Count);
        long doubled = 0;
        for (int producer = 0; producer < born; producer++)
        {
            long written = tally.GetReference<long>(8L * producer);
            ReadOnlySpan<byte> counts = tally.AsReadOnlySpan<byte>(offset + ((long)producer * Each), Each);
            for (int i = 0; i < Each; i++)
            {
                // The one after the last that it noted may or may not have been committed.
                if (i < written ? counts[i] == 0 : i > written && counts[i] != 0)
                {
                    Assert.Fail($"message {i} of producer {producer}, who wrote {written}: delivered {counts[i]} times");
                }

                doubled += Math.Max(counts[i] - 1, 0);
            }
        }

        long redelivered = values?.RedeliveredCount ?? messages!.RedeliveredCount;
        long holes = values?.HoleCount ?? messages!.HoleCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} producers and {readersKilled} consumers killed: {holes} holes, {redelivered} redelivered, {doubled} of them had been read");
        Assert.InRange(doubled, 0, redelivered);
        Assert.InRange(redelivered, 0, readersKilled);
        Assert.InRange(holes, 0, rounds);
    });

    [Fact]
    public void Blocks_that_travel_while_everybody_is_killed_are_all_found_again() => Watchdog.Run(TimeSpan.FromMinutes(60), () =>
    {
        using var scratch = new Scratch();
        SharedMemoryPool pool = scratch.Pool(32, 1000);
        SharedRing<PoolBlock> ring = scratch.Ring<PoolBlock>(16, RingMode.Mpmc);
        var random = new Random(11);
        ChildProcess Start(string verb)
        {
            ChildProcess child = scratch.Keep(ChildProcess.Start(verb, pool.Name, ring.Name));
            Assert.Equal("ready", child.ReadLine());
            return child;
        }

        ChildProcess sender = Start("pool-storm");
        ChildProcess receiver = Start("pool-drain");
        for (int i = 0; i < Deaths / 2; i++)
        {
            Thread.Sleep(random.Next(20));
            Assert.False(receiver.HasExited, receiver.StandardError);
            (ChildProcess oldSender, ChildProcess oldReceiver) = (sender, receiver);
            oldSender.Kill();
            sender = Start("pool-storm");
            oldReceiver.Kill();
            receiver = Start("pool-drain");
        }

        Thread.Sleep(100);
        sender.Kill();
        receiver.Kill();
        pool.Recover();
        ring.Recover();
        int lost = pool.ReclaimPassed(ring);
        while (pool.TryReceive(ring, out PoolBlock block))
        {
            Assert.Equal(-1, pool[block].IndexOfAnyExcept(pool[block][0]));
            pool.Return(block);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{lost} blocks were passed and in no ring");
        Assert.Equal(32, pool.FreeCount);
        for (int i = 0; i < 32; i++)
        {
            Assert.True(pool.TryRent(out PoolBlock _, TimeSpan.FromSeconds(10)));
        }
    });

    private static ChildProcess Going(ChildProcess child)
    {
        Assert.Equal("ready", child.ReadLine());
        child.WriteLine("go");
        return child;
    }

    private static long[] Numbers(string line) => [.. line.Split(' ').Select(static word => long.Parse(word, CultureInfo.InvariantCulture))];

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
