using System.Runtime.InteropServices;

namespace Multiprocessing.Bench;

/// <summary>An area beside uWSGI's, by its C API and by its Python API.</summary>
internal static class Areas
{
    private const string CApi = "uWSGI, C API";
    private const string PythonApi = "uWSGI, Python API";
    private const int Page = 4096;
    private const int Mebibyte = 1 << 20;

    private const string Note = "One place again and again, and one process at it. uWSGI's calls take its lock, which keeps larger ones from tearing; ours do "
        + "what docs/shared-area.md promises. Its C API is called by C, ours by C#.";

    private const string NoteTwo = "Two processes as fast as they can for 60 ms: the time for each call of both together. What the machine does with two busy "
        + "processes on its processors is in it.";

    internal static IEnumerable<Row> All(Contest contest)
    {
        using Peer uwsgi = UwsgiPeer.TryStart();
        using SharedArea area = SharedArea.Create(2 * Mebibyte, Keeper.NewName());
        try
        {
            Memory<byte> eight = Aligned(8), page = Aligned(Page), large = Aligned(Mebibyte), other = Aligned(Mebibyte);
            (string What, string Peer, int Calls, double Goal)[] singles =
            [
                ("read64", "read64", 10_000, 2), ("write64", "write64", 10_000, 2), ("inc64", "inc64", 10_000, 2),
                ("read 8 bytes", "read8b", 10_000, 2), ("write 8 bytes", "write8b", 10_000, 2),
                ("read 4 KiB", "read4k", 1000, 1), ("write 4 KiB", "write4k", 1000, 1), ("read 1 MiB", "read1m", 20, 0.95), ("write 1 MiB", "write1m", 20, 0.95),
            ];
            var rows = new List<Row>();
            foreach ((string what, string peer, int calls, double goal) in singles)
            {
                bool python = peer is not ("read8b" or "write8b");
                Series[] results = contest.Run(
                [
                    Contest.PerCall(calls, Loop(area, peer, eight, page, large)), uwsgi.Measuring($"c-{peer}"),
                    .. python ? [uwsgi.Measuring($"python-{peer}")] : (Func<double>[])[],
                ]);
                rows.Add(new Row($"area: {what}", results[0], CApi, results[1], Goal.Faster(goal), Note));
                if (python)
                {
                    rows.Add(new Row($"area: {what}", results[0], PythonApi, results[2], null, Note));
                }
            }

            Series[] copies = contest.Run(
                Contest.PerCall(20, Loop(area, "read1m", eight, page, large)), Contest.PerCall(20, n => Copy(large, other, n)));
            rows.Add(new Row("area: read 1 MiB", copies[0], "a copy of as much, array to array", copies[1], Goal.AtMost(1.1), Note));
            rows.AddRange(Together(contest, uwsgi, area));
            rows.AddRange(Locks(contest, uwsgi, area));
            return rows;
        }
        finally
        {
            area.Unlink();
        }
    }

    /// <summary>Zeros at the start of a cache line, as the buffers of uwsgi_peer.c are.</summary>
    internal static Memory<byte> Aligned(int size)
    {
        const int Line = 64;
        byte[] pinned = GC.AllocateArray<byte>(size + Line, pinned: true);
        long start = Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
        return pinned.AsMemory((int)(-start & (Line - 1)), size);
    }

    /// <summary>Loops that do nothing but the call.</summary>
    internal static Action<int> Loop(SharedArea area, string what, Memory<byte> eight, Memory<byte> page, Memory<byte> large) => what switch
    {
        "read64" => n => Read64(area, n),
        "write64" => n => Write64(area, n),
        "inc64" => n => Increment64(area, n),
        "read8b" => n => Read(area, 8, eight, n),
        "write8b" => n => Write(area, 8, eight, n),
        "read4k" => n => Read(area, Page, page, n),
        "write4k" => n => Write(area, Page, page, n),
        "read1m" => n => Read(area, 0, large, n),
        "write1m" => n => Write(area, 0, large, n),
        _ => throw new ArgumentException($"There is no loop '{what}'."),
    };

    private static List<Row> Together(Contest contest, Peer uwsgi, SharedArea area)
    {
        using var second = new AreaProcess(area);
        (string What, string Ours, string Theirs, double Goal)[] pairs =
        [
            ("two processes, inc64 of one counter", "inc64", "inc64", 1.5),
            ("two processes, read64 of one value", "read64", "read64", 1.5),
            ("one writes and one reads 4 KiB", "write4k", "read4k", 10),
        ];
        var rows = new List<Row>();
        foreach ((string what, string ours, string theirs, double goal) in pairs)
        {
            Series[] results = contest.Run(() => second.Together(ours, theirs), uwsgi.Measuring($"two-{ours}-{theirs}"));
            rows.Add(new Row($"area: {what}", results[0], CApi, results[1], Goal.Faster(goal), NoteTwo));
            if (ours == "write4k")
            {
                rows.Add(new Row($"area: {what}, 10 times the 0.09 M/s that uWSGI was once measured at", results[0], CApi, results[1], Goal.Within(1e3 / 0.9), NoteTwo));
            }
        }

        Series[] wakes = contest.Run(second.WakeUp, uwsgi.Measuring("wake-1"));
        rows.Add(new Row("area: wake-up of a waiter", wakes[0], "uWSGI, wait() that looks every ms", wakes[1], Goal.Faster(10),
            "From just before the update to just after the return in the other process: the median of 20. The waiter is asleep by then.")
        {
            Plot = new Plot(Charts.Latency, "area: update to a sleeping waiter", "uWSGI, wait() that looks every ms"),
        });
        return rows;
    }

    private static Row[] Locks(Contest contest, Peer uwsgi, SharedArea area)
    {
        using SharedMutex mutex = SharedMutex.Create(Keeper.NewName());
        using SharedReaderWriterLock both = SharedReaderWriterLock.Create(Keeper.NewName());
        try
        {
            const string NoteLocks = "Nobody else wants it. uWSGI's lock (pthread_rwlock_t) is not robust: who dies in it blocks the others. Ours hands it on.";
            Series[] results = contest.Run(
                Contest.PerCall(10_000, n => Mutex(mutex, n)),
                Contest.PerCall(10_000, n => ReadLock(both, n)),
                Contest.PerCall(1000, n => WriteLock(both, n)),
                Contest.PerCall(10_000, n => ReadLock(area, n)),
                Contest.PerCall(1000, n => WriteLock(area, n)),
                uwsgi.Measuring("c-rlock"),
                uwsgi.Measuring("c-wlock"));
            return
            [
                new Row("lock: SharedMutex, enter + exit", results[0], "uWSGI, wlock + unlock", results[6], null, NoteLocks),
                new Row("lock: SharedReaderWriterLock to read, enter + exit", results[1], "uWSGI, rlock + unlock", results[5], null, NoteLocks),
                new Row("lock: SharedReaderWriterLock to write, enter + exit", results[2], "uWSGI, wlock + unlock", results[6], null, NoteLocks),
                new Row("area: EnterReadLock + dispose", results[3], "uWSGI, rlock + unlock", results[5], null, NoteLocks),
                new Row("area: EnterWriteLock + dispose", results[4], "uWSGI, wlock + unlock", results[6], null, NoteLocks),
            ];
        }
        finally
        {
            mutex.Unlink();
            both.Unlink();
        }
    }

    private static long Read64(SharedArea area, int calls)
    {
        long sum = 0;
        for (int i = 0; i < calls; i++)
        {
            sum += area.Read64(8);
        }

        return sum;
    }

    private static void Write64(SharedArea area, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            area.Write64(8, i);
        }
    }

    private static void Increment64(SharedArea area, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            area.Increment64(16);
        }
    }

    private static void Read(SharedArea area, long position, Memory<byte> memory, int calls)
    {
        Span<byte> bytes = memory.Span;
        for (int i = 0; i < calls; i++)
        {
            area.Read(position, bytes);
        }
    }

    private static void Write(SharedArea area, long position, Memory<byte> memory, int calls)
    {
        ReadOnlySpan<byte> bytes = memory.Span;
        for (int i = 0; i < calls; i++)
        {
            area.Write(position, bytes);
        }
    }

    private static void Copy(Memory<byte> from, Memory<byte> to, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            from.Span.CopyTo(to.Span);
        }
    }

    private static void Mutex(SharedMutex mutex, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            mutex.Enter().Dispose();
        }
    }

    private static void ReadLock(SharedReaderWriterLock both, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            both.EnterRead().Dispose();
        }
    }

    private static void WriteLock(SharedReaderWriterLock both, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            both.EnterWrite().Dispose();
        }
    }

    private static void ReadLock(SharedArea area, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            area.EnterReadLock().Dispose();
        }
    }

    private static void WriteLock(SharedArea area, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            area.EnterWriteLock().Dispose();
        }
    }
}
