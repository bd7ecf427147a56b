using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What a child process does with locks.</summary>
internal static class LockVerbs
{
    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("lock-count", Count),
        ("lock-arena", RunArena),
        ("lock-hold", Hold),
        ("lock-read", Read),
        ("lock-wait", Wait),
        ("event-echo", Echo),
        ("condition-wait", ConditionWait),
        ("condition-notify", ConditionNotify),
        ("barrier-loop", Barrier),
        ("value-fill", Fill),
    ];

    /// <summary>KIND NAME BLOCK N: adds one to the number at the start of the block, N times, each time alone.</summary>
    private static void Count(string[] args)
    {
        Backends.UseOfParent();
        using Exclusion exclusion = Exclusion.Attach(args[0], args[1]);
        using SharedMemory block = SharedMemory.Attach(args[2]);
        int times = int.Parse(args[3], CultureInfo.InvariantCulture);
        Console.WriteLine("ready");
        Console.ReadLine();
        for (int i = 0; i < times; i++)
        {
            exclusion.Enter();
            block.GetReference<long>(0)++;
            exclusion.Exit();
        }
    }

    /// <summary>NAME: uses all primitives until it is killed.</summary>
    private static void RunArena(string[] args)
    {
        Backends.UseOfParent();
        using Arena arena = Arena.Attach(args[0]);
        arena.Start();
        Console.WriteLine("running");
        Console.ReadLine();
        arena.Stop();
        Console.WriteLine(arena.Error ?? "fine");
    }

    /// <summary>KIND NAME: enters and says so; leaves at the next line, and ends without leaving at the end of its input.</summary>
    private static void Hold(string[] args)
    {
        Backends.UseOfParent();
        Exclusion exclusion = Exclusion.Attach(args[0], args[1]);
        exclusion.Enter();
        Console.WriteLine("held");
        if (Console.ReadLine() is not null)
        {
            exclusion.Exit();
            Console.WriteLine("left");
        }
    }

    /// <summary>NAME: enters to read, and says so; leaves at the next line.</summary>
    private static void Read(string[] args)
    {
        Backends.UseOfParent();
        using SharedReaderWriterLock rw = SharedReaderWriterLock.Attach(args[0]);
        using (rw.EnterRead())
        {
            Console.WriteLine("held");
            Console.ReadLine();
        }

        Console.WriteLine("left");
    }

    /// <summary>KIND NAME: says that it is about to enter, and then that it is in.</summary>
    private static void Wait(string[] args)
    {
        Backends.UseOfParent();
        using Exclusion exclusion = Exclusion.Attach(args[0], args[1]);
        Console.WriteLine("waiting");
        exclusion.Enter();
        Console.WriteLine("entered");
        Console.ReadLine();
        exclusion.Exit();
    }

    /// <summary>FIRST SECOND N: waits for the first event and sets the second, N times.</summary>
    private static void Echo(string[] args)
    {
        Backends.UseOfParent();
        using SharedEvent first = SharedEvent.Attach(args[0]);
        using SharedEvent second = SharedEvent.Attach(args[1]);
        Console.WriteLine("ready");
        for (int i = int.Parse(args[2], CultureInfo.InvariantCulture); i > 0; i--)
        {
            first.Wait();
            second.Set();
        }
    }

    /// <summary>NAME: waits to be notified, and says so.</summary>
    private static void ConditionWait(string[] args)
    {
        Backends.UseOfParent();
        using SharedCondition condition = SharedCondition.Attach(args[0]);
        using (condition.Mutex.Enter())
        {
            Console.WriteLine("waiting");
            condition.Wait();
            Console.WriteLine("notified");
        }
    }

    /// <summary>NAME: enters, says so, and at the next line notifies and leaves.</summary>
    private static void ConditionNotify(string[] args)
    {
        Backends.UseOfParent();
        using SharedCondition condition = SharedCondition.Attach(args[0]);
        using (condition.Mutex.Enter())
        {
            Console.WriteLine("held");
            Console.ReadLine();
            condition.Notify();
        }
    }

    /// <summary>NAME: passes the barrier again and again; says so when it is broken, and goes on at the next line.</summary>
    private static void Barrier(string[] args)
    {
        Backends.UseOfParent();
        using SharedBarrier barrier = SharedBarrier.Attach(args[0]);
        Console.WriteLine("ready");
        while (true)
        {
            try
            {
                barrier.SignalAndWait();
            }
            catch (BrokenBarrierException)
            {
                Console.WriteLine("broken");
                if (Console.ReadLine() is null)
                {
                    return;
                }
            }
        }
    }

    /// <summary>NAME: sets a large value to one number after the other until it is killed.</summary>
    private static void Fill(string[] args)
    {
        using SharedValue<Large> value = SharedValue<Large>.Attach(args[0]);
        for (long i = 1; ; i++)
        {
            value.Update(i, static (large, i) =>
            {
                System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref large.First, Large.Count).Fill(i);
                return large;
            });
            if (i == 1)
            {
                Console.WriteLine("filling");
            }
        }
    }
}
