namespace Multiprocessing.Bench;

/// <summary>The types of Python's SyncManager: ours in shared memory, CPython's through its manager's proxies and, where it has them, its own between processes.</summary>
internal static class SyncTypes
{
    private const int Calls = 2000;
    private const string Text = "thing123";

    internal static IEnumerable<Row> All(Contest contest, IReadOnlyList<Python> pythons)
    {
        using Peer python = PythonPeer.TryStart(pythons, "sync_peer.py");
        using var manager = SharedMemoryManager.Start();
        using SharedMutex mutex = manager.CreateMutex();
        using SharedValue<long> value = manager.CreateValue<long>();
        using SharedQueue<string> queue = manager.CreateQueue<string>();
        using SharedQueue<string> joinable = manager.CreateQueue<string>(new() { Joinable = true });
        const string Proxied = "One process, so the lock is free, the queue empty, and what other processes do to the cache is not measured. CPython's side is a call to another process and back.";
        const string Own = "One process on both sides. CPython's queue is a pipe with a thread that feeds it.";
        return
        [
            Against("Lock: enter and leave, SharedMutex", n => Lock(mutex, n), "proxied-lock", "SyncManager().Lock", Goal.Faster(10), Proxied),
            Against("Value: get", n => Get(value, n), "proxied-value", "SyncManager().Value", Goal.Faster(10), Proxied),
            Against("Value: get", n => Get(value, n), "value-get", "Value", null, Own),
            Against("Value: add one in the lock, Update", n => Add(value, n), "value-add", "Value", null, Own),
            Against("Queue: put and get a str of 8", n => PutAndGet(queue, n), "proxied-queue", "SyncManager().Queue", Goal.Faster(10), Proxied),
            Against("Queue: put and get a str of 8", n => PutAndGet(queue, n), "queue", "Queue", null, Own),
            Against("JoinableQueue: put, get, task done", n => PutAndGet(joinable, n), "proxied-joinable", "SyncManager().JoinableQueue", Goal.Faster(10), Proxied),
            Against("JoinableQueue: put, get, task done", n => PutAndGet(joinable, n), "joinable", "JoinableQueue", null, Own),
        ];

        Row Against(string what, Action<int> ours, string theirs, string name, Goal? goal, string note)
        {
            Series[] series = contest.Run(Contest.PerCall(Calls, ours), python.Measuring(theirs));
            return new Row(what, series[0], $"{python.Name} {name}", series[1], goal, note);
        }
    }

    private static void Lock(SharedMutex mutex, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            mutex.Enter().Dispose();
        }
    }

    private static void Get(SharedValue<long> value, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            _ = value.Value;
        }
    }

    private static void Add(SharedValue<long> value, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            value.Update(static number => number + 1);
        }
    }

    private static void PutAndGet(SharedQueue<string> queue, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            queue.Put(Text);
            queue.Get();
            if (queue.IsJoinable)
            {
                queue.TaskDone();
            }
        }
    }
}
