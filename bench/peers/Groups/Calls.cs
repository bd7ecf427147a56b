namespace Multiprocessing.Bench;

/// <summary>Calls to the server, beside the bare socket that they cannot be faster than and CPython's proxies; and what needs no call, beside the latter.</summary>
internal static class Calls
{
    private const int Samples = 2000;
    private const int Items = 100;
    private const int Many = 10_000;
    private const string Key = "key50";
    private const string Note = "The median of single calls, one at a time: neither the slow ones nor calls that overlap are measured, nor a server that has to compile yet. "
        + "The bare peer is .NET at both ends, blocking, without a protocol.";

    private const string PythonNote = "The median of single calls, one at a time. A dictionary of 100 items, str to int. A SyncManager with its defaults, by its Unix socket, one thread.";

    private const string SharedNote = "The value lives in shared memory, one process calls again and again, and the mean is taken; the peer's is the median of single calls.";

    /// <summary>All on one processor first, where nothing hides what a protocol costs, and then with the servers on another: left to the system, either happens in turn.</summary>
    internal static IEnumerable<Row> All(Contest contest, IReadOnlyList<Python> pythons)
    {
        IReadOnlyList<int> processors = Processors.Allowed() is { Count: > 0 } allowed ? allowed : [Processors.Any];
        var rows = new List<Row>();
        Processors.Run(processors[0], () =>
        {
            // What is started from here stays on this processor.
            using var bare = new EchoPeer();
            using var manager = SharedMemoryManager.Start();
            using var client = SharedMemoryManager.Connect(manager.Address);
            using ManagedDictionary<string, int> owners = manager.CreateDictionary<string, int>();
            using ManagedDictionary<string, int> clients = client.AttachDictionary<string, int>(owners.Name);
            owners.SetAll(Enumerable.Range(0, Items).Select(i => KeyValuePair.Create($"key{i}", i)));
            rows.AddRange(RoundTrips(contest, bare, manager, client, owners, clients, "one processor"));
            rows.AddRange(Proxies(contest, pythons, client, clients));
            if (processors.Count > 1)
            {
                Processors.Pin(processors[1]);
                rows.AddRange(RoundTrips(contest, bare, manager, client, owners, clients, "two processors"));
            }

            return true;
        });
        return rows;
    }

    private static IEnumerable<Row> RoundTrips(
        Contest contest,
        EchoPeer bare,
        SharedMemoryManager manager,
        SharedMemoryManager client,
        ManagedDictionary<string, int> owners,
        ManagedDictionary<string, int> clients,
        string where)
    {
        Series[] results = contest.Run(
            Contest.MedianOf(Samples, bare.RoundTrip),
            Contest.MedianOf(Samples, manager.Ping),
            Contest.MedianOf(Samples, client.Ping),
            Contest.MedianOf(Samples, () => GC.KeepAlive(owners[Key])),
            Contest.MedianOf(Samples, () => GC.KeepAlive(clients[Key])));
        return
        [
            new Row($"{where}: Ping(), owner's pipe", results[1], EchoPeer.Name, results[0], Goal.AtMost(1.5), Note) { Plot = new Plot(Charts.Latency, $"{where}, call: Ping(), owner's pipe", EchoPeer.Name) },
            new Row($"{where}: Ping(), client's socket", results[2], EchoPeer.Name, results[0], Goal.AtMost(1.5), Note),
            new Row($"{where}: server-held dictionary, get, owner's pipe", results[3], EchoPeer.Name, results[0], Goal.AtMost(1.5), Note),
            new Row($"{where}: server-held dictionary, get, client's socket", results[4], EchoPeer.Name, results[0], Goal.AtMost(1.5), Note),
        ];
    }

    private static IEnumerable<Row> Proxies(Contest contest, IReadOnlyList<Python> pythons, SharedMemoryManager client, ManagedDictionary<string, int> dictionary)
    {
        using Peer peer = PythonPeer.TryStart(pythons, "rpc_peer.py");
        using ManagedList<int> list = client.CreateManagedList<int>();
        list.AddRange(Enumerable.Range(0, Items));
        Series[] results = contest.Run(
            Contest.MedianOf(Samples, () => GC.KeepAlive(dictionary[Key])),
            Contest.MedianOf(Samples, () => dictionary[Key] = 7),
            Contest.MedianOf(Samples, () => GC.KeepAlive(list[50])),
            peer.Measuring("dict-get"),
            peer.Measuring("dict-set"),
            peer.Measuring("list-get"));
        return
        [
            new Row("one processor: server-held dictionary, get, client's socket", results[0], peer.Name, results[3], Goal.Faster(1), PythonNote)
            {
                Plot = new Plot(Charts.Latency, "one processor, call: dictionary, get", $"{peer.Name}, SyncManager"),
            },
            new Row("one processor: server-held dictionary, set, client's socket", results[1], peer.Name, results[4], Goal.Faster(1), PythonNote + " Ours also writes its journal."),
            new Row("one processor: server-held list, get, client's socket", results[2], peer.Name, results[5], Goal.Faster(1), PythonNote),
            .. Shared(contest, client, peer),
        ];
    }

    private static IEnumerable<Row> Shared(Contest contest, SharedMemoryManager manager, Peer peer)
    {
        using ShareableList list = manager.CreateList(Enumerable.Range(0, Items).Select(i => (object?)(long)i));
        using SharedArray<long> array = SharedArray<long>.Create(Keeper.NewName(), [Items]);
        using SharedArea area = SharedArea.Create(4096, Keeper.NewName());
        try
        {
            Series[] results = contest.Run(
                peer.Measuring("dict-get"),
                peer.Measuring("value-get"),
                Contest.PerCall(Many, n => GetItem(list, n)),
                Contest.PerCall(Many, n => GetElement(array, n)),
                Contest.PerCall(Many, n => Count(area, n)));
            return
            [
                new Row("what lives in shared memory: item of a ShareableList", results[2], peer.Name + ", dict of a SyncManager", results[0], Goal.Faster(10), SharedNote),
                new Row("what lives in shared memory: element of a SharedArray", results[3], peer.Name + ", dict of a SyncManager", results[0], Goal.Faster(10), SharedNote),
                new Row("what lives in shared memory: atomic counter of a SharedArea", results[4], peer.Name + ", Value of a SyncManager", results[1], Goal.Faster(10), SharedNote + " The peer only reads."),
            ];
        }
        finally
        {
            array.Unlink();
            area.Unlink();
        }
    }

    private static void GetItem(ShareableList list, int calls)
    {
        long sum = 0;
        for (int i = 0; i < calls; i++)
        {
            sum += list.GetInt64(50);
        }

        GC.KeepAlive(sum);
    }

    private static void GetElement(SharedArray<long> array, int calls)
    {
        long sum = 0;
        for (int i = 0; i < calls; i++)
        {
            sum += array[50];
        }

        GC.KeepAlive(sum);
    }

    private static void Count(SharedArea area, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            area.Increment64(0);
        }
    }
}
