using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Multiprocessing.Bench;

/// <summary>Rings and pools: two processes, every message checked for its number.</summary>
internal static class Rings
{
    internal const string Verb = "ring";

    private const int Capacity = 1 << 14;
    private const int Messages = 2_000_000;

    /// <summary>Words of the block by which the two processes agree: what to do, and that it is done.</summary>
    private const int Go = 0;
    private const int Done = 128;
    private const int Forth = 256;
    private const int Back = 384;
    private const int ControlBytes = 512;

    private enum Side
    {
        Lamport,
        Spsc,
        SpscBatch,
        Mpsc,
        Mpmc,
        MpmcBatch,
    }

    internal static IEnumerable<Row> All(Contest contest)
    {
        foreach (Row row in Sizes<M8>(contest).Concat(Sizes<M16>(contest)).Concat(Sizes<M32>(contest)).Concat(Sizes<M64>(contest)).Concat(PingPong(contest)).Concat(Pool(contest)))
        {
            yield return row;
        }
    }

    /// <summary>What the other process does: <c>NAME SIDE SIZE</c>, until its input ends.</summary>
    internal static void Consume(string[] args)
    {
        Action<string, Side> run = args[2] switch
        {
            "8" => Consume<M8>,
            "16" => Consume<M16>,
            "32" => Consume<M32>,
            "64" => Consume<M64>,
            _ => static (name, _) => Echo(name),
        };
        run(args[0], Enum.Parse<Side>(args[1]));
    }

    private static IEnumerable<Row> Sizes<T>(Contest contest)
        where T : unmanaged, INumbered<T>
    {
        int size = Unsafe.SizeOf<T>();
        Side[] sides = Enum.GetValues<Side>();
        using var pairs = new Disposables();
        Pair<T>[] made = [.. sides.Select(side => pairs.Add(new Pair<T>(side)))];
        Series[] chasing = contest.Run([.. made.Select(pair => (Func<double>)(() => pair.Run(waits: false)))]);
        Series[] behind = contest.Run([.. made.Select(pair => (Func<double>)(() => pair.Run(waits: true)))]);
        foreach ((Series[] results, string regime) in new[] { (chasing, "chasing"), (behind, "consumer a full ring behind") })
        {
            string note = regime == "chasing"
                ? "Two processes, both busy. Whether the consumer is close behind or far is left to them, and differs from run to run: look at min and max."
                : $"The producer fills the ring ({Capacity} messages), then the consumer empties it: what a message costs both when neither waits for the other's cache lines.";
            string bare = "bare Lamport ring";
            yield return new Row($"ring SPSC, {size} bytes, {regime}", results[1], bare, results[0], Goal.Faster(0.8), note);
            yield return new Row($"ring SPSC, batches of 32, {size} bytes, {regime}", results[2], bare, results[0], null, note);
            yield return new Row($"ring MPSC, {size} bytes, {regime}", results[3], bare, results[0], null, note);
            yield return new Row($"ring MPMC, {size} bytes, {regime}", results[4], bare, results[0], null, note);
            yield return new Row($"ring MPMC, batches of 32, {size} bytes, {regime}", results[5], bare, results[0], null, note);
        }
    }

    private static IEnumerable<Row> PingPong(Contest contest)
    {
        using SharedMemory control = SharedMemory.Create(ControlBytes);
        using var forth = SharedRing<long>.Create(64, $"{control.Name}f", new RingOptions { Mode = RingMode.Spsc });
        using var back = SharedRing<long>.Create(64, $"{control.Name}b", new RingOptions { Mode = RingMode.Spsc });
        using Process other = Start(control.Name, Side.Spsc, "echo");
        const int Calls = 20_000;
        Series[] results = contest.Run(
            Contest.MedianOf(Calls, () => OneWay(control, 1, () => Turn(forth, back))),
            Contest.MedianOf(Calls, () => OneWay(control, 2, () => Turn(control))),
            Contest.MedianOf(Calls / 20, () => OneWay(control, 3, () => SleepyTurn(forth, back))),
            Contest.MedianOf(Calls / 20, () => OneWay(control, 4, () => SleepyTurn(control))));
        End(control, other);
        forth.Unlink();
        back.Unlink();
        control.Unlink();
        const string Note = "Round trips between two processes, the median of single ones; both poll. On two processors that others use too, single ones are much slower.";
        const string SleepNote = "The same with both sides asleep when the message comes: each turn waits 200 µs first. The bare peer sleeps on a futex word by the same runtime, with no more than that.";
        yield return new Row("ring SPSC, round trip, polling", results[0], "bare two words", results[1], Goal.AtMost(1.25), Note);
        yield return new Row("ring SPSC, round trip, asleep", results[2], "bare futex", results[3], Goal.AtMost(1.5), SleepNote);
    }

    private static IEnumerable<Row> Pool(Contest contest)
    {
        using var pool = SharedMemoryPool.Create(1024, 64);
        Series[] results = contest.Run(
            Contest.PerCall(1000, n =>
            {
                for (int i = 0; i < n; i++)
                {
                    pool.TryRent(out PoolBlock block);
                    pool.Return(block);
                }
            }),
            Contest.PerCall(1000, n =>
            {
                long word = 0;
                for (int i = 0; i < n; i++)
                {
                    Interlocked.CompareExchange(ref word, 1, 0);
                    Interlocked.CompareExchange(ref word, 0, 1);
                }
            }));
        pool.Unlink();
        yield return new Row("pool: rent + return, owner recorded", results[0], "two bare compare-and-swaps", results[1], null,
            "One thread, one block again and again, as pyshm's own figure is measured.");
    }

    /// <summary>Tells the other process which turn to take part in, once.</summary>
    private static void OneWay(SharedMemory control, long kind, Action turn)
    {
        ref long go = ref control.GetReference<long>(Go);
        if (Volatile.Read(ref go) != kind)
        {
            Volatile.Write(ref go, kind);
            Thread.Sleep(20);
        }

        turn();
    }

    private static void Turn(SharedRing<long> forth, SharedRing<long> back)
    {
        forth.TryEnqueue(1);
        while (!back.TryDequeue(out _))
        {
        }
    }

    private static void SleepyTurn(SharedRing<long> forth, SharedRing<long> back)
    {
        forth.Enqueue(1);
        back.Dequeue();
    }

    private static void Turn(SharedMemory control)
    {
        ref long word = ref control.GetReference<long>(Forth);
        long turn = word + 1;
        Volatile.Write(ref word, turn);
        while (Volatile.Read(ref control.GetReference<long>(Back)) != turn)
        {
        }
    }

    private static unsafe void SleepyTurn(SharedMemory control)
    {
        var forth = (uint*)(control.Address + Forth + 64);
        var back = (uint*)(control.Address + Back + 64);
        uint turn = *forth + 1;
        Volatile.Write(ref *forth, turn);
        WaitBackend.Current.Wake(forth, 1);
        while (Volatile.Read(ref *back) is var seen && seen != turn)
        {
            WaitBackend.Current.Wait(back, seen, 100);
        }
    }

    private static unsafe void Echo(string name)
    {
        using SharedMemory control = SharedMemory.Attach(name);
        using var forth = SharedRing<long>.Attach($"{name}f");
        using var back = SharedRing<long>.Attach($"{name}b");
        ref long go = ref control.GetReference<long>(Go);
        while (Volatile.Read(ref go) is var kind && kind >= 0)
        {
            switch (kind)
            {
                case 1:
                    if (forth.TryDequeue(out long value))
                    {
                        back.TryEnqueue(value);
                    }

                    break;
                case 2:
                    Volatile.Write(ref control.GetReference<long>(Back), Volatile.Read(ref control.GetReference<long>(Forth)));
                    break;
                case 3:
                    if (forth.TryDequeue(out value, TimeSpan.FromMilliseconds(10)))
                    {
                        back.Enqueue(value);
                    }

                    break;
                case 4:
                    var word = (uint*)(control.Address + Forth + 64);
                    var answer = (uint*)(control.Address + Back + 64);
                    uint seen = Volatile.Read(ref *word);
                    if (seen == Volatile.Read(ref *answer))
                    {
                        WaitBackend.Current.Wait(word, seen, 10);
                    }
                    else
                    {
                        Volatile.Write(ref *answer, seen);
                        WaitBackend.Current.Wake(answer, 1);
                    }

                    break;
                default:
                    Thread.Sleep(1);
                    break;
            }
        }
    }

    private static void End(SharedMemory control, Process other)
    {
        Volatile.Write(ref control.GetReference<long>(Go), -1);
        other.WaitForExit();
    }

    private static Process Start(string name, Side side, string what) => Process.Start(Programs.Self(Verb, name, side.ToString(), what))!;

    private static void Consume<T>(string name, Side side)
        where T : unmanaged, INumbered<T>
    {
        using SharedMemory control = SharedMemory.Attach(name);
        using var ring = new Side<T>(name, side, creates: false);
        ref long go = ref control.GetReference<long>(Go);
        ref long done = ref control.GetReference<long>(Done);
        long next = 0;
        while (true)
        {
            long until;
            while ((until = Volatile.Read(ref go)) == next)
            {
                Thread.Yield();
            }

            if (until < 0)
            {
                return;
            }

            long start = Stopwatch.GetTimestamp();
            ring.Consume(next, until);
            next = until;
            Volatile.Write(ref control.GetReference<long>(Back), Stopwatch.GetTimestamp() - start);
            Volatile.Write(ref done, until);
        }
    }

    internal interface INumbered<TSelf>
    {
        static abstract TSelf Of(long number);

        long Number { get; }
    }

    /// <summary>A producer here and a consumer there.</summary>
    private sealed class Pair<T> : IDisposable
        where T : unmanaged, INumbered<T>
    {
        private readonly SharedMemory _control = SharedMemory.Create(ControlBytes);
        private readonly Side<T> _ring;
        private readonly Process _other;
        private long _next;

        internal Pair(Side side)
        {
            _ring = new Side<T>(_control.Name, side, creates: true);
            _other = Start(_control.Name, side, Unsafe.SizeOf<T>().ToString(CultureInfo.InvariantCulture));
        }

        public void Dispose()
        {
            End(_control, _other);
            _other.Dispose();
            _ring.Unlink();
            _ring.Dispose();
            _control.Unlink();
            _control.Dispose();
        }

        /// <summary>Nanoseconds a message.</summary>
        internal double Run(bool waits)
        {
            int count = waits ? Capacity : Messages;
            int rounds = waits ? 30 : 1;
            double all = 0;
            for (int round = 0; round < rounds; round++)
            {
                long until = _next + count;
                long start = Stopwatch.GetTimestamp();
                if (waits)
                {
                    _ring.Produce(_next, until);
                    all += Stopwatch.GetElapsedTime(start).TotalNanoseconds;
                }

                Volatile.Write(ref _control.GetReference<long>(Go), until);
                if (!waits)
                {
                    _ring.Produce(_next, until);
                }

                while (Volatile.Read(ref _control.GetReference<long>(Done)) != until)
                {
                    Thread.Yield();
                }

                all += waits
                    ? Volatile.Read(ref _control.GetReference<long>(Back)) * 1e9 / Stopwatch.Frequency
                    : Stopwatch.GetElapsedTime(start).TotalNanoseconds;
                _next = until;
            }

            return all / count / rounds;
        }
    }

    /// <summary>One end of the ring that is measured.</summary>
    private sealed class Side<T> : IDisposable
        where T : unmanaged, INumbered<T>
    {
        private const int Batch = 32;

        private readonly Side _side;
        private readonly SharedRing<T>? _ring;
        private readonly SharedMemory? _block;
        private readonly LamportRing<T>? _bare;

        internal Side(string name, Side side, bool creates)
        {
            _side = side;
            string ring = $"{name}r";
            if (side == Rings.Side.Lamport)
            {
                _block = creates ? SharedMemory.Create(LamportRing<T>.HeaderBytes + ((long)Capacity * Unsafe.SizeOf<T>()), ring) : SharedMemory.Attach(ring);
                _bare = new LamportRing<T>(_block, Capacity);
                return;
            }

            RingMode mode = side switch
            {
                Rings.Side.Spsc or Rings.Side.SpscBatch => RingMode.Spsc,
                Rings.Side.Mpsc => RingMode.Mpsc,
                _ => RingMode.Mpmc,
            };
            _ring = creates ? SharedRing<T>.Create(Capacity, ring, new RingOptions { Mode = mode }) : SharedRing<T>.Attach(ring);
        }

        internal void Unlink() => (_ring?.Block ?? _block!).Unlink();

        public void Dispose()
        {
            _ring?.Dispose();
            _block?.Dispose();
        }

        internal void Produce(long from, long to)
        {
            if (_bare is LamportRing<T> bare)
            {
                for (; from < to; from++)
                {
                    T item = T.Of(from);
                    while (!bare.TryEnqueue(item))
                    {
                    }
                }
            }
            else if (_side is Rings.Side.SpscBatch or Rings.Side.MpmcBatch)
            {
                Span<T> batch = stackalloc T[Batch];
                while (from < to)
                {
                    int count = (int)Math.Min(Batch, to - from);
                    for (int i = 0; i < count; i++)
                    {
                        batch[i] = T.Of(from + i);
                    }

                    for (int done = 0; done < count;)
                    {
                        done += _ring!.EnqueueMany(batch[done..count], RingBatch.AsManyAsFit);
                    }

                    from += count;
                }
            }
            else
            {
                SharedRing<T> ring = _ring!;
                for (; from < to; from++)
                {
                    T item = T.Of(from);
                    while (!ring.TryEnqueue(item))
                    {
                    }
                }
            }
        }

        internal void Consume(long from, long to)
        {
            if (_bare is LamportRing<T> bare)
            {
                for (; from < to; from++)
                {
                    T item;
                    while (!bare.TryDequeue(out item))
                    {
                    }

                    Check(item, from);
                }
            }
            else if (_side is Rings.Side.SpscBatch or Rings.Side.MpmcBatch)
            {
                Span<T> batch = stackalloc T[Batch];
                while (from < to)
                {
                    int count = _ring!.DequeueMany(batch[..(int)Math.Min(Batch, to - from)], RingBatch.AsManyAsFit);
                    for (int i = 0; i < count; i++)
                    {
                        Check(batch[i], from + i);
                    }

                    from += count;
                }
            }
            else
            {
                SharedRing<T> ring = _ring!;
                for (; from < to; from++)
                {
                    T item;
                    while (!ring.TryDequeue(out item))
                    {
                    }

                    Check(item, from);
                }
            }
        }

        private static void Check(T item, long number)
        {
            if (item.Number != number)
            {
                throw new InvalidOperationException($"Message {item.Number} came in the place of {number}.");
            }
        }
    }

    private sealed class Disposables : IDisposable
    {
        private readonly List<IDisposable> _all = [];

        internal TItem Add<TItem>(TItem item)
            where TItem : IDisposable
        {
            _all.Add(item);
            return item;
        }

        public void Dispose() => _all.ForEach(static item => item.Dispose());
    }

    private readonly record struct M8(long Number) : INumbered<M8>
    {
        public static M8 Of(long number) => new(number);
    }

    private readonly record struct M16(long Number, long B) : INumbered<M16>
    {
        public static M16 Of(long number) => new(number, number);
    }

    private readonly record struct M32(long Number, M8 B, M16 C) : INumbered<M32>
    {
        public static M32 Of(long number) => new(number, M8.Of(number), M16.Of(number));
    }

    private readonly record struct M64(long Number, M8 B, M16 C, M32 D) : INumbered<M64>
    {
        public static M64 Of(long number) => new(number, M8.Of(number), M16.Of(number), M32.Of(number));
    }
}
