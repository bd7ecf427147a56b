using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What a child process does at a ring at which everybody is killed: it lingers between claim and commit, and between taking and releasing.</summary>
internal static class RingDeathVerbs
{
    private const int MostSpins = 2000;

    internal static IEnumerable<(string Verb, Action<string[]> Run)> All => [("ring-produce-and-die", Produce), ("ring-consume-and-die", Consume)];

    /// <summary>
    /// <c>RING TALLY INCARNATIONS EACH kind NUMBER</c>: writes until the end of its input, one message in four in two steps. Holds a claim until it is killed when the tally says so.
    /// </summary>
    private static void Produce(string[] args)
    {
        using SharedMemory block = SharedMemory.Attach(args[1]);
        RingTally tally = Tally(block, args);
        using StressRing ring = StressRing.Attach(args[0], args[4]);
        int me = Number(args[5]);
        using CancellationTokenSource end = Ready();
        var random = new Random(me);
        void Linger(StressMessage message)
        {
            // The mark lies within the claim: who dies with it has died with the claim.
            Volatile.Write(ref tally.Open(me), message.Number + 1);
            if (Volatile.Read(ref tally.HoldingWriter) == me)
            {
                Thread.Sleep(Timeout.Infinite);
            }

            Thread.SpinWait(random.Next(MostSpins));
            Volatile.Write(ref tally.Open(me), 0);
        }

        for (int i = 0; i < tally.Each && !end.IsCancellationRequested; i++)
        {
            StressMessage message = StressMessage.Of(me, i);
            if (random.Next(4) == 0 || Volatile.Read(ref tally.HoldingWriter) == me)
            {
                while (!ring.TryWrite(message, Linger))
                {
                    Thread.Yield();
                }
            }
            else
            {
                ring.Write(message);
            }

            Volatile.Write(ref tally.Written(me), i + 1);
            if (i % 64 == 63)
            {
                // So that the others come to something, and a tally of this size is enough for a long life.
                Thread.Sleep(1);
            }
        }

        Console.WriteLine("done");
        end.Token.WaitHandle.WaitOne();
    }

    /// <summary>
    /// <c>RING TALLY INCARNATIONS EACH kind NUMBER</c>: reads until the end of its input and of the messages, lingering with each. Holds one until it is killed when the tally says so. Says at the end
    /// how many it had, how many were torn, and how many out of their producer's order, redelivered ones apart.
    /// </summary>
    private static void Consume(string[] args)
    {
        using SharedMemory block = SharedMemory.Attach(args[1]);
        RingTally tally = Tally(block, args);
        using StressRing ring = StressRing.Attach(args[0], args[4]);
        int me = Number(args[5]);
        using CancellationTokenSource end = Ready();
        var random = new Random(me);
        var last = new Dictionary<int, int>();
        long got = 0;
        int torn = 0;
        int disordered = 0;
        void Take(StressMessage message, bool isRedelivered)
        {
            if (!message.IsWhole)
            {
                torn++;
                return;
            }

            Volatile.Write(ref tally.Held(me), RingTally.Id(message) + 1);
            if (Volatile.Read(ref tally.HoldingReader) == me)
            {
                Volatile.Write(ref tally.Held(me), -RingTally.Id(message) - 1);
                Thread.Sleep(Timeout.Infinite);
            }

            if (random.Next(4) == 0)
            {
                Thread.SpinWait(random.Next(MostSpins));
            }

            if (!isRedelivered)
            {
                disordered += message.Number <= last.GetValueOrDefault(message.Producer, -1) ? 1 : 0;
                last[message.Producer] = message.Number;
            }

            tally.Note(message, isRedelivered);
            got++;
            Interlocked.Increment(ref tally.Read);
            Volatile.Write(ref tally.Held(me), 0);
        }

        for (int refused = 0; !end.IsCancellationRequested || ring.Count > 0;)
        {
            if (ring.TryRead(Take))
            {
                refused = 0;
            }
            else
            {
                Thread.Sleep(++refused < 20 ? 0 : 1);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{got} {torn} {disordered}"));
    }

    private static RingTally Tally(SharedMemory block, string[] args) => new(block, Number(args[2]), Number(args[3]));

    private static CancellationTokenSource Ready()
    {
        Console.WriteLine("ready");
        Console.ReadLine();
        var end = new CancellationTokenSource();
        new Thread(() =>
        {
            Console.In.ReadToEnd();
            end.Cancel();
        })
        { IsBackground = true }.Start();
        return end;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
