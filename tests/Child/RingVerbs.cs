using System.Globalization;
using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

/// <summary>What a child process does with rings and pools.</summary>
internal static class RingVerbs
{
    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("pool-rent", PoolRent),
        ("ring-reserve", Reserve),
        ("ring-peek", Peek),
        ("ring-produce", Produce),
        ("ring-consume", Consume),
        ("ring-echo", Echo),
        ("pool-storm", PoolStorm),
        ("pool-drain", PoolDrain),
    ];

    /// <summary>Rents so many blocks of a pool, and waits.</summary>
    private static void PoolRent(string[] args)
    {
        using var pool = SharedMemoryPool.Attach(args[0]);
        for (int i = Number(args[1]); i > 0; i--)
        {
            if (!pool.TryRent(out PoolBlock _))
            {
                throw new InvalidOperationException("no block");
            }
        }

        Say("rented");
    }

    /// <summary>Reserves a place in a ring (of longs, or of messages), and waits.</summary>
    private static void Reserve(string[] args)
    {
        if (args[1] == "values")
        {
            using var ring = SharedRing<StressMessage>.Attach(args[0]);
            if (args.Length > 2)
            {
                ring.Enqueue(StressMessage.Of(9, 0));
            }

            ring.TryReserve(out RingReservation<StressMessage> place);
            place.Value = StressMessage.Of(9, 9);
            Say("reserved");
        }
        else
        {
            using var ring = SharedRing.Attach(args[0]);
            ring.TryReserve(50, out RingReservation place);
            place.Bytes.Fill(9);
            Say("reserved");
        }
    }

    /// <summary>Takes the oldest message of a ring, and waits.</summary>
    private static void Peek(string[] args)
    {
        if (args[1] == "values")
        {
            using var ring = SharedRing<StressMessage>.Attach(args[0]);
            ring.TryPeek(out RingMessage<StressMessage> message);
            Say($"peeked {message.Value.Number}");
        }
        else
        {
            using var ring = SharedRing.Attach(args[0]);
            ring.TryPeek(out RingMessage message);
            Say($"peeked {message.Bytes.Length}");
        }
    }

    /// <summary>
    /// <c>RING TALLY PRODUCER COUNT values|messages</c>: writes that many messages, and notes in the tally after each how many it has written.
    /// </summary>
    private static void Produce(string[] args)
    {
        using SharedMemory tally = SharedMemory.Attach(args[1]);
        int producer = Number(args[2]);
        int count = Number(args[3]);
        ref long written = ref tally.GetReference<long>(8L * producer);
        if (args[4] == "values")
        {
            using var ring = SharedRing<StressMessage>.Attach(args[0]);
            Ready();
            for (int i = 0; i < count; i++)
            {
                ring.Enqueue(StressMessage.Of(producer, i));
                Volatile.Write(ref written, i + 1);
            }
        }
        else
        {
            using var ring = SharedRing.Attach(args[0]);
            Span<byte> bytes = stackalloc byte[256];
            Ready();
            for (int i = 0; i < count; i++)
            {
                // Its length depends on its number, so that a mixed up one is found.
                StressMessage message = StressMessage.Of(producer, i);
                MemoryMarshal.Write(bytes, message);
                ring.Enqueue(bytes[..(16 + (i % 200))]);
                Volatile.Write(ref written, i + 1);
            }
        }

        Console.WriteLine("done");
        Console.ReadLine();
    }

    /// <summary>
    /// <c>RING TALLY OFFSET PERPRODUCER values|messages</c>: reads until the end of its input, counts each message in its byte of the tally, and says at the end what was wrong: torn,
    /// out of its producer's order (redelivered ones apart), or told as redelivered.
    /// </summary>
    private static void Consume(string[] args)
    {
        using SharedMemory tally = SharedMemory.Attach(args[1]);
        long offset = long.Parse(args[2], CultureInfo.InvariantCulture);
        int perProducer = Number(args[3]);
        using var end = new CancellationTokenSource();
        int torn = 0;
        int disordered = 0;
        long got = 0;
        var last = new Dictionary<int, int>();
        void Note(StressMessage message, bool isRedelivered)
        {
            if (!message.IsWhole)
            {
                torn++;
                return;
            }

            if (!isRedelivered)
            {
                int before = last.GetValueOrDefault(message.Producer, -1);
                disordered += message.Number <= before ? 1 : 0;
                last[message.Producer] = message.Number;
            }

            Increment(ref tally.GetReference<byte>(offset + ((long)message.Producer * perProducer) + message.Number));
            got++;
        }

        if (args[4] == "values")
        {
            using var ring = SharedRing<StressMessage>.Attach(args[0]);
            Ready(end);
            while (!end.IsCancellationRequested || ring.Count > 0)
            {
                if (!ring.TryPeek(out RingMessage<StressMessage> message))
                {
                    Thread.Yield();
                    continue;
                }

                Note(message.Value, message.IsRedelivered);
                message.Advance();
            }
        }
        else
        {
            using var ring = SharedRing.Attach(args[0]);
            Ready(end);
            while (!end.IsCancellationRequested || ring.Count > 0)
            {
                if (!ring.TryPeek(out RingMessage message))
                {
                    Thread.Yield();
                    continue;
                }

                StressMessage content = MemoryMarshal.Read<StressMessage>(message.Bytes);
                torn += message.Bytes.Length == 16 + (content.Number % 200) ? 0 : 1;
                Note(content, message.IsRedelivered);
                message.Advance();
            }
        }

        Console.WriteLine($"{got} {torn} {disordered}");
    }

    /// <summary>Sends back over the second ring what comes over the first, blocking.</summary>
    private static void Echo(string[] args)
    {
        using var forth = SharedRing<long>.Attach(args[0]);
        using var back = SharedRing<long>.Attach(args[1]);
        Console.WriteLine("ready");
        while (forth.Dequeue() is var value && value >= 0)
        {
            back.Enqueue(value);
        }
    }

    /// <summary>Rents blocks, fills them with what tells whether they are whole, and sends them, until it is killed.</summary>
    private static void PoolStorm(string[] args)
    {
        using var pool = SharedMemoryPool.Attach(args[0]);
        using var ring = SharedRing<PoolBlock>.Attach(args[1]);
        Console.WriteLine("ready");
        for (byte i = 0; ; i++)
        {
            if (pool.TryRent(out PoolBlock block, TimeSpan.FromSeconds(60)))
            {
                pool[block].Fill(i);
                pool.TrySend(ring, block, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Receives blocks, looks whether they are whole, and returns them, until it is killed; exit code 9 if one is not.</summary>
    private static void PoolDrain(string[] args)
    {
        using var pool = SharedMemoryPool.Attach(args[0]);
        using var ring = SharedRing<PoolBlock>.Attach(args[1]);
        Console.WriteLine("ready");
        while (true)
        {
            if (pool.TryReceive(ring, out PoolBlock block, TimeSpan.FromSeconds(60)))
            {
                if (pool[block].IndexOfAnyExcept(pool[block][0]) >= 0)
                {
                    Console.Error.WriteLine("a block is mixed up");
                    Environment.Exit(9);
                }

                pool.Return(block);
            }
        }
    }

    /// <summary>A byte of shared memory that several may count in at once: by its word.</summary>
    private static void Increment(ref byte count)
    {
        // Two consumers count the same byte at the same time only when a message is delivered twice at once, which is what the test looks for; neighbours are other bytes.
        count++;
    }

    private static void Ready(CancellationTokenSource? end = null)
    {
        Console.WriteLine("ready");
        Console.ReadLine();
        if (end is not null)
        {
            new Thread(() =>
            {
                Console.In.ReadToEnd();
                end.Cancel();
            })
            { IsBackground = true }.Start();
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static void Say(string line)
    {
        Console.WriteLine(line);
        Console.ReadLine();
    }
}
