using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What a child process does with the locks, signals, values and queues of the manager in its environment, which it attaches to by name.</summary>
internal static class SyncVerbs
{
    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("sync-hold", Hold),
        ("sync-wait", Wait),
        ("sync-work", Work),
        ("client-makes-all", MakeAll),
    ];

    /// <summary>KIND NAME: takes all there is to take, and says so; gives it back at the next line.</summary>
    private static void Hold(string[] args)
    {
        using var manager = SharedMemoryManager.Connect();
        Action leave;
        string held = "held";
        switch (args[0])
        {
            case "mutex":
                SharedMutex mutex = SharedMutex.Attach(args[1]);
                int depth = mutex.IsRecursive ? 2 : 1;
                for (int i = 0; i < depth; i++)
                {
                    mutex.TryEnter(Timeout.InfiniteTimeSpan);
                }

                leave = mutex.Exit;
                leave += mutex.IsRecursive ? mutex.Exit : () => { };
                break;
            case "sem":
                SharedSemaphore semaphore = SharedSemaphore.Attach(args[1]);
                int taken = 0;
                while (semaphore.TryEnter())
                {
                    taken++;
                }

                held = $"held {taken}";
                leave = () => semaphore.Release(taken);
                break;
            case "rwlock":
                SharedReaderWriterLock rw = SharedReaderWriterLock.Attach(args[1]);
                rw.TryEnterWrite(Timeout.InfiniteTimeSpan);
                leave = rw.ExitWrite;
                break;
            case "cond":
                SharedCondition condition = SharedCondition.Attach(args[1]);
                condition.Mutex.TryEnter(Timeout.InfiniteTimeSpan);
                leave = condition.Mutex.Exit;
                break;
            case "value":
                SharedValue<(long, long)> value = SharedValue<(long, long)>.Attach(args[1]);
                SharedMutex valueLock = value.Lock;
                valueLock.TryEnter(Timeout.InfiniteTimeSpan);
                value.Value = (value.Value.Item1 + 1, value.Value.Item2);
                leave = valueLock.Exit;
                break;
            case "queue":
                SharedQueue<string> queue = SharedQueue<string>.Attach(args[1]);
                held = queue.Get();
                leave = queue.TaskDone;
                break;
            default:
                throw new ArgumentException(args[0]);
        }

        Console.WriteLine(held);
        if (Console.ReadLine() is not null)
        {
            leave();
            Console.WriteLine("left");
        }
    }

    /// <summary>KIND NAME: says that it is about to wait, and then what has come of it; again and again, a line each.</summary>
    private static void Wait(string[] args)
    {
        using var manager = SharedMemoryManager.Connect();
        Func<string> wait;
        switch (args[0])
        {
            case "mutex":
                SharedMutex mutex = SharedMutex.Attach(args[1]);
                wait = () =>
                {
                    using SharedMutex.Scope scope = mutex.Enter();
                    return scope.Abandoned ? "abandoned" : "entered";
                };
                break;
            case "event":
                SharedEvent signal = SharedEvent.Attach(args[1]);
                wait = () =>
                {
                    signal.Wait();
                    return "set";
                };
                break;
            case "cond":
                SharedCondition condition = SharedCondition.Attach(args[1]);
                wait = () =>
                {
                    using SharedMutex.Scope scope = condition.Mutex.Enter();
                    Console.WriteLine("in");
                    condition.Wait();
                    return "notified";
                };
                break;
            case "barrier":
                SharedBarrier barrier = SharedBarrier.Attach(args[1]);
                wait = () => $"passed {barrier.SignalAndWait()}";
                break;
            default:
                throw new ArgumentException(args[0]);
        }

        do
        {
            Console.WriteLine("waiting");
            Console.WriteLine(wait());
        }
        while (Console.ReadLine() is not null);
    }

    /// <summary>KIND TIMES NAME…: does what is the kind's so many times, from the first line on.</summary>
    private static void Work(string[] args)
    {
        using var manager = SharedMemoryManager.Connect();
        int times = int.Parse(args[1], CultureInfo.InvariantCulture);
        Action<int> work;
        switch (args[0])
        {
            case "value":
                SharedValue<(long, long)> value = SharedValue<(long, long)>.Attach(args[2]);
                work = _ => value.Update(pair => (pair.Item1 + 1, pair.Item2 - 1));
                break;
            case "array":
                SharedArray<long> array = SharedArray<long>.Attach(args[2]);
                SharedMutex mutex = SharedMutex.Attach(args[3]);
                work = _ =>
                {
                    using SharedMutex.Scope scope = mutex.Enter();
                    for (int i = 0; i < array.Length; i++)
                    {
                        array[i]++;
                    }
                };
                break;
            case "queue":
                SharedQueue<string> queue = SharedQueue<string>.Attach(args[2]);
                work = i => queue.Put($"{i}");
                break;
            case "sem":
                SharedSemaphore semaphore = SharedSemaphore.Attach(args[2]);
                work = _ => semaphore.Release();
                break;
            default:
                throw new ArgumentException(args[0]);
        }

        Console.WriteLine("ready");
        Console.ReadLine();
        for (int i = 0; i < times; i++)
        {
            work(i);
        }

        Console.WriteLine("done");
    }

    /// <summary>Joins the manager of its environment, makes one of everything, says the names, and waits for a line.</summary>
    private static void MakeAll(string[] args)
    {
        using var manager = SharedMemoryManager.Connect();
        ISharedStructure[] made = EveryKind.Make(manager);
        _ = manager.ListBlocks();
        Console.WriteLine(string.Join(' ', made.Select(one => one.Name)));
        Console.ReadLine();
    }
}
