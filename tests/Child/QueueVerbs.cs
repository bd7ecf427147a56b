using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What a child process does with a queue.</summary>
internal static class QueueVerbs
{
    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("queue-work", Work),
        ("queue-put", Put),
        ("queue-hold", Hold),
        ("queue-wait", Wait),
    ];

    /// <summary>QUEUE BLOCK: gets numbers until the queue is completed and empty; counts each in its place of the block, and then says that it is done.</summary>
    private static void Work(string[] args)
    {
        using SharedQueue<int> queue = SharedQueue<int>.Attach(args[0]);
        using SharedMemory block = SharedMemory.Attach(args[1]);
        Console.WriteLine("ready");
        while (queue.TryGet(out int item, Timeout.InfiniteTimeSpan))
        {
            Interlocked.Increment(ref block.GetReference<int>(item * sizeof(int)));
            queue.TaskDone();
        }

        Console.WriteLine("over");
    }

    /// <summary>QUEUE FIRST: puts numbers from the first on, and says how many are in the queue for sure, until it is killed.</summary>
    private static void Put(string[] args)
    {
        using SharedQueue<int> queue = SharedQueue<int>.Attach(args[0]);
        int first = int.Parse(args[1], CultureInfo.InvariantCulture);
        for (int i = 0; ; i++)
        {
            queue.Put(first + i);
            Console.WriteLine(i + 1);
        }
    }

    /// <summary>QUEUE N: gets so many items, says them, and finishes them all at the next line; or dies.</summary>
    private static void Hold(string[] args)
    {
        using SharedQueue<int> queue = SharedQueue<int>.Attach(args[0]);
        int[] items = [.. Enumerable.Range(0, int.Parse(args[1], CultureInfo.InvariantCulture)).Select(_ => queue.Get())];
        Console.WriteLine(string.Join(' ', items));
        if (Console.ReadLine() is not null)
        {
            Array.ForEach(items, _ => queue.TaskDone());
            Console.WriteLine("done");
            Console.ReadLine();
        }
    }

    /// <summary>QUEUE WHAT: waits to get, to put (until there is room), or for all to be done, and says so.</summary>
    private static void Wait(string[] args)
    {
        using SharedQueue<int> queue = SharedQueue<int>.Attach(args[0]);
        Console.WriteLine("waiting");
        switch (args[1])
        {
            case "get":
                Console.WriteLine(queue.TryGet(out int item, Timeout.InfiniteTimeSpan) ? $"got {item}" : "over");
                break;
            case "put":
                queue.Put(99);
                Console.WriteLine("put");
                break;
            case "join":
                queue.Join();
                Console.WriteLine("joined");
                break;
        }

        Console.ReadLine();
    }
}
