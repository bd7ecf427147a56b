using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

/// <summary>What a child process does with tables of slots.</summary>
internal static class SlotVerbs
{
    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("slots-fill", Fill),
        ("slots-hold", Hold),
        ("slots-churn", Churn),
        ("slots-save", Save),
        ("slots-member", Member),
    ];

    /// <summary>
    /// Round by round grabs until the table is full, and says the numbers. All who take part begin a round at once: when the first value of the block <c>START</c> is
    /// its number. With <c>yield</c> it lets others run between grabs, where there are more processes than processors.
    /// </summary>
    private static void Fill(string[] args)
    {
        using var table = SlotMemory.Attach(args[0]);
        using var start = SharedMemory.Attach(args[1]);
        int rounds = int.Parse(args[2], null);
        bool yields = args is [_, _, _, "yield"];
        Console.WriteLine("ready");
        var grabbed = new List<int>(table.Count);
        for (int round = 1; round <= rounds; round++)
        {
            ref long current = ref start.GetReference<long>(0);
            while (Volatile.Read(ref current) < round)
            {
                Thread.Yield();
            }

            grabbed.Clear();
            while (table.TryGrab(out int index))
            {
                grabbed.Add(index);
                if (yields && grabbed.Count % 16 == 0)
                {
                    Thread.Yield();
                }
            }

            Console.WriteLine(string.Join(' ', grabbed));
        }

        Console.ReadLine();
    }

    /// <summary>Grabs so many slots, says their numbers, and waits for a line; then ends without releasing them.</summary>
    private static void Hold(string[] args)
    {
        using var table = SlotMemory.Attach(args[0]);
        int count = int.Parse(args[1], null);
        Console.WriteLine(string.Join(' ', Enumerable.Range(0, count).Select(_ => table.Grab())));
        Console.ReadLine();
    }

    /// <summary>
    /// Grabs and releases at random until it is killed or its input ends, holding at most so many slots. Who has a slot has its id in it, and
    /// nobody else may: exit code 9.
    /// </summary>
    private static void Churn(string[] args)
    {
        using var table = SlotMemory.Attach(args[0]);
        int most = int.Parse(args[1], null);
        long id = Environment.ProcessId;
        var random = new Random((int)id);
        bool ends = false;
        new Thread(() =>
        {
            Console.In.ReadToEnd();
            Volatile.Write(ref ends, true);
        })
        { IsBackground = true }.Start();
        var own = new List<int>();
        Console.WriteLine("churning");
        while (!Volatile.Read(ref ends))
        {
            if (own.Count < most && random.Next(2) == 0)
            {
                if (table.TryGrab(out int index))
                {
                    long before = Interlocked.Exchange(ref MemoryMarshal.AsRef<long>(table.Slot(index)), id);
                    FailUnless(before == 0, $"slot {index} was given to {id} while {before} had it");
                    own.Add(index);
                }
            }
            else if (own.Count > 0)
            {
                int at = random.Next(own.Count);
                int index = own[at];
                own.RemoveAt(at);
                long before = Interlocked.Exchange(ref MemoryMarshal.AsRef<long>(table.Slot(index)), 0);
                FailUnless(before == id, $"slot {index} of {id} was given to {before}");
                FailUnless(table.Release(index), $"slot {index} of {id} was released by somebody else");
            }
        }

        foreach (int index in own)
        {
            table.Slot(index).Clear();
            table.Release(index);
        }

        Console.WriteLine("ended");
    }

    /// <summary>Fills all slots with a number that grows, saves, and says it, until it is killed.</summary>
    private static void Save(string[] args)
    {
        using var table = SlotMemory.Attach(args[0]);
        for (int generation = int.Parse(args[1], null); ; generation++)
        {
            for (int i = 0; i < table.Count; i++)
            {
                table.Slot(i).Fill((byte)generation);
            }

            table.Save();
            Console.WriteLine(generation);
        }
    }

    /// <summary>Attaches to the table, writes to a slot, and waits for a line; then disposes it.</summary>
    private static void Member(string[] args)
    {
        using var table = SlotMemory.Attach(args[0]);
        table.Put(int.Parse(args[1], null), "member"u8);
        Console.WriteLine("attached");
        Console.ReadLine();
    }

    private static void FailUnless(bool right, string what)
    {
        if (!right)
        {
            Console.Error.WriteLine(what);
            Environment.Exit(9);
        }
    }
}
