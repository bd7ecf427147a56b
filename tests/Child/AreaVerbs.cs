using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What a child process does with areas.</summary>
internal static class AreaVerbs
{
    private const int LargeBytes = 4096;

    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("area-churn", Churn),
        ("area-hold", Hold),
        ("area-increment", Increment),
        ("area-read-large", ReadLarge),
        ("area-say", Say),
        ("area-write-large", WriteLarge),
    ];

    /// <summary>Counts so many times in every way that is to be exact: NAME TIMES. Waits for a line first.</summary>
    private static void Increment(string[] args)
    {
        using SharedArea area = SharedArea.Attach(args[0]);
        int times = int.Parse(args[1], null);
        Console.WriteLine("ready");
        Console.ReadLine();
        for (int i = 0; i < times; i++)
        {
            area.Increment64(0);
            area.Increment32(8);
            area.Increment16(12);
            area.Increment8(14);
            if (i % 16 == 0)
            {
                // At no multiple of its size, across a cache line; and by hand, within the lock.
                area.Increment64(60);
                using (area.EnterWriteLock())
                {
                    area.Write32(24, area.Read32(24) + 1);
                }
            }
        }

        Console.WriteLine("done");
        Console.ReadLine();
    }

    /// <summary>Writes 4 KiB of one byte after another, at the start of the area, until the input ends.</summary>
    private static void WriteLarge(string[] args)
    {
        using SharedArea area = SharedArea.Attach(args[0]);
        EndOfInput();
        byte[] bytes = new byte[LargeBytes];
        long writes = 0;
        for (; !Volatile.Read(ref _ended); writes++)
        {
            Array.Fill(bytes, (byte)writes);
            area.Write(0, bytes);
        }

        Console.WriteLine(writes);
    }

    /// <summary>Reads these 4 KiB until the input ends; says how often, how often it saw another byte than before, and how often it saw two at once.</summary>
    private static void ReadLarge(string[] args)
    {
        using SharedArea area = SharedArea.Attach(args[0]);
        EndOfInput();
        byte[] bytes = new byte[LargeBytes];
        long reads = 0, changes = 0, torn = 0;
        byte last = 0;
        for (; !Volatile.Read(ref _ended); reads++)
        {
            area.Read(0, bytes);
            changes += bytes[0] == last ? 0 : 1;
            torn += bytes.AsSpan().IndexOfAnyExcept(bytes[0]) < 0 ? 0 : 1;
            last = bytes[0];
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{reads} {changes} {torn}"));
    }

    /// <summary>Enters the lock and stays there: NAME read|write.</summary>
    private static void Hold(string[] args)
    {
        using SharedArea area = SharedArea.Attach(args[0]);
        if (args[1] == "read")
        {
            area.TryEnterReadLock(Timeout.InfiniteTimeSpan);
        }
        else
        {
            area.TryEnterWriteLock(Timeout.InfiniteTimeSpan);
            area.Write64(0, 1);
        }

        Console.WriteLine("held");
        Console.ReadLine();
    }

    /// <summary>Is in the lock most of the time, or at a larger write, until it is killed: NAME SEED.</summary>
    private static void Churn(string[] args)
    {
        using SharedArea area = SharedArea.Attach(args[0]);
        var random = new Random(int.Parse(args[1], CultureInfo.InvariantCulture));
        byte[] bytes = new byte[1 << 16];
        Console.WriteLine("churning");
        while (true)
        {
            switch (random.Next(5))
            {
                case 0:
                    using (area.EnterWriteLock())
                    {
                        area.Write(4096, bytes);
                        Thread.SpinWait(random.Next(20_000));
                    }

                    break;
                case 1:
                    using (area.EnterReadLock())
                    {
                        Thread.SpinWait(random.Next(20_000));
                    }

                    break;
                case 2:
                    area.Read(4096, bytes);
                    break;
                case 3:
                    area.Increment64(0);
                    break;
                default:
                    area.Write(4096, bytes);
                    break;
            }
        }
    }

    /// <summary>Attaches and does what it is told line by line: <c>read POS</c>, <c>write POS VALUE</c>, <c>count</c>, <c>close</c>; says <c>ok</c> or the value.</summary>
    private static void Say(string[] args)
    {
        using SharedArea area = SharedArea.Attach(args[0]);
        Console.WriteLine("ready");
        while (Console.ReadLine() is string line)
        {
            string[] words = line.Split(' ');
            long At(int index) => long.Parse(words[index], CultureInfo.InvariantCulture);
            switch (words[0])
            {
                case "read":
                    Console.WriteLine(area.Read64(At(1)));
                    break;
                case "write":
                    area.Write64(At(1), At(2));
                    Console.WriteLine("ok");
                    break;
                case "count":
                    Console.WriteLine(area.UpdateCount);
                    break;
                default:
                    area.Dispose();
                    Console.WriteLine("ok");
                    break;
            }
        }
    }

    private static bool _ended;

    private static void EndOfInput()
    {
        Console.WriteLine("ready");
        new Thread(static () =>
        {
            Console.In.ReadLine();
            Volatile.Write(ref _ended, true);
        })
        { IsBackground = true }.Start();
    }
}
