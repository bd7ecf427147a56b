using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>
/// Many processes at one ring, every message accounted for. RING_MESSAGES says how many messages a run has (one million by default), DEATH_ROUNDS how many of those who pass blocks are killed (30 by
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

    internal static long[] Numbers(string line) => [.. line.Split(' ').Select(static word => long.Parse(word, CultureInfo.InvariantCulture))];

    internal static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
