namespace Multiprocessing.Bench;

/// <summary>Rings and pools: two processes, every message checked for its number, one pair at work at a time.</summary>
internal static class Rings
{
    private const string Bare = "bare Lamport ring";
    private const string ChasingNote = "Two processes, each on a processor of its own, as fast as they can. Whether the consumer is close behind, where each message costs the way of a cache line "
        + "between the processors, or far, is left to them, and differs from run to run: look at min and max.";
    private const string ReasonOfC = "C: the algorithm of pyshm's ring, for pointers of 8 bytes; it guards against nothing, and a death in it stops all others for good.";

    private static readonly string[] InCNames = ["spsc:1", "spsc:32", "mpmc:1", "mpmc:32"];

    private static readonly string BehindNote =
        $"The producer fills the ring ({RingEnd.Capacity} messages), then the consumer empties it: what a message costs both together when neither waits for the other.";

    internal static IEnumerable<Row> All(Contest contest)
    {
        using Peer native = NativePeer.TryStart("rings.c");
        var rows = new List<Row>();
        foreach (int size in new[] { 8, 16, 32, 64 })
        {
            rows.AddRange(Sizes(contest, size, size == 8 ? native : null));
        }

        rows.AddRange(OneWay(contest, native));
        rows.AddRange(Pool(contest, native));
        return rows;
    }

    private static IEnumerable<Row> Sizes(Contest contest, int size, Peer? native)
    {
        RingKind[] kinds = Enum.GetValues<RingKind>();
        RingPair[] pairs = [.. kinds.Select(kind => new RingPair(kind, size))];
        try
        {
            foreach (bool isBehind in new[] { false, true })
            {
                Func<double>[] ours = [.. pairs.Select(pair => (Func<double>)(isBehind ? pair.Behind : pair.Chasing))];
                string[] peers = native is null ? [] : [.. InCNames.Select(name => isBehind ? name.Replace(":", "-behind:", StringComparison.Ordinal) : name)];
                Series[] results = contest.Run([.. ours, .. peers.Select(peer => native!.Measuring(peer))]);
                string regime = isBehind ? "a full ring behind" : "both at once";
                string note = isBehind ? BehindNote : ChasingNote;
                Row Line(RingKind kind, string what, string peerName, Series peer, Goal? goal, string more = "") =>
                    new($"ring {what}, {size} bytes, {regime}", results[(int)kind], peerName, peer, goal, note + more)
                    {
                        Plot = peerName == Bare ? new Plot(isBehind ? Charts.RingBehind : Charts.RingAtOnce, what, Bare, size) : null,
                    };
                Series bare = results[(int)RingKind.Lamport];
                yield return Line(RingKind.Spsc, "SPSC", Bare, bare, Goal.Faster(0.8));
                yield return Line(RingKind.SpscBatch, "SPSC, batches of 32", Bare, bare, null);
                yield return Line(RingKind.Mpsc, "MPSC", Bare, bare, null);
                yield return Line(RingKind.Mpmc, "MPMC", Bare, bare, null);
                yield return Line(RingKind.MpmcBatch, "MPMC, batches of 32", Bare, bare, null);
                if (size != 8)
                {
                    continue;
                }

                Series InC(int which) => results[kinds.Length + which];
                yield return Line(RingKind.Spsc, "SPSC", "rte_ring SPSC, C", InC(0), null, " " + ReasonOfC);
                yield return Line(RingKind.SpscBatch, "SPSC, batches of 32", "rte_ring SPSC, bursts of 32, C", InC(1), Goal.Faster(0.8), " " + ReasonOfC);
                yield return Line(RingKind.Mpmc, "MPMC", "rte_ring MPMC, C", InC(2), Goal.Faster(1), " " + ReasonOfC);
                yield return Line(RingKind.MpmcBatch, "MPMC, batches of 32", "rte_ring MPMC, bursts of 32, C", InC(3), null, " " + ReasonOfC);
            }
        }
        finally
        {
            Array.ForEach(pairs, static pair => pair.Dispose());
        }
    }

    private static IEnumerable<Row> OneWay(Contest contest, Peer native)
    {
        using var pair = new PingPong();
        Series[] results = contest.Run(
            pair.PollingRings,
            pair.PollingWords,
            native.Measuring("poll"),
            pair.WakingByRing,
            pair.WakingByWord,
            native.Measuring("wake"));
        const string Note = "Half a round trip between two processes, each on a processor of its own, both polling: the median of 2000 times 32 of them.";
        const string SleepNote = "From before the call that adds the message until the consumer, who slept, has it: the median of 200, each 0.3 ms after the one before.";
        yield return new Row("ring SPSC, one way, polling", results[0], "bare two words", results[1], Goal.AtMost(1.25), Note)
        {
            Plot = new Plot(Charts.Latency, "ring, one way, polling", "bare two words"),
        };
        yield return new Row("ring SPSC, one way, polling", results[0], "bare two words, C", results[2], null, Note);
        yield return new Row("ring SPSC, one way, asleep", results[3], "bare futex", results[4], Goal.AtMost(1.5), SleepNote)
        {
            Plot = new Plot(Charts.Latency, "ring, one way, asleep", "bare futex"),
        };
        yield return new Row("ring SPSC, one way, asleep", results[3], "bare futex, C", results[5], Goal.AtMost(1.5), SleepNote);
    }

    private static IEnumerable<Row> Pool(Contest contest, Peer native)
    {
        using var pool = SharedMemoryPool.Create(1024, 64, Keeper.NewName());
        Series[] results = contest.Run(
            Contest.PerCall(1000, n =>
            {
                for (int i = 0; i < n; i++)
                {
                    pool.TryRent(out PoolBlock block);
                    pool.Return(block);
                }
            }),
            native.Measuring("pool"),
            Contest.PerCall(1000, static n =>
            {
                long word = 0;
                for (int i = 0; i < n; i++)
                {
                    Interlocked.CompareExchange(ref word, 1, 0);
                    Interlocked.CompareExchange(ref word, 0, 1);
                }
            }));
        pool.Unlink();
        const string Note = "One thread, as pyshm's own figure is measured. Ours records the owner, and gives the same block again; pyshm's gives the next one of its ring.";
        yield return new Row("pool: rent + return, owner recorded", results[0], "pyshm's pool, C", results[1], Goal.AtMost(2), Note);
        yield return new Row("pool: rent + return, owner recorded", results[0], "two bare compare-and-swaps", results[2], null, Note);
    }
}
