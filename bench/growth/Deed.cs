using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>What many processes do at once.</summary>
internal abstract class Deed : IDisposable
{
    /// <summary>What is done by all alike.</summary>
    internal static IReadOnlyList<string> Common { get; } = ["create", "attach", "counter", "mutex", "read-lock", "pool"];

    /// <summary>What is done, and with what: a part after a colon is a size.</summary>
    internal static Deed Open(string what, string name)
    {
        string[] words = what.Split(':');
        int size = words.Length > 1 ? int.Parse(words[1], CultureInfo.InvariantCulture) : 0;
        return words[0] switch
        {
            "create" => new Calls(20, null, static () =>
            {
                using SharedMemory block = SharedMemory.Create(4096);
                block.Unlink();
            }),
            "attach" => new Calls(20, null, () => SharedMemory.Attach(name).Dispose()),
            "counter" => Counter(SharedArea.Attach(name)),
            "mutex" => Mutex(SharedMutex.Attach(name)),
            "read-lock" => ReadLock(SharedReaderWriterLock.Attach(name)),
            "pool" => Pool(SharedMemoryPool.Attach(name)),
            "produce" => new RingDeed(name, produces: true, consumes: false),
            "consume" => new RingDeed(name, produces: false, consumes: true),
            "both" => new RingDeed(name, produces: true, consumes: true),
            "send" => new MessageDeed(name, size, sends: true),
            "receive" => new MessageDeed(name, size, sends: false),
            "socket-send" => new SocketDeed(name, size, sends: true),
            "socket-receive" => new SocketDeed(name, size, sends: false),
            _ => throw new ArgumentException($"There is no '{what}'."),
        };
    }

    /// <summary>Before it counts, so that it is compiled and mapped.</summary>
    internal abstract void Once();

    /// <summary>Does it a few times, and returns how often.</summary>
    internal abstract long Some();

    /// <summary>After the time is up: what is still to be counted.</summary>
    internal virtual long Finish() => 0;

    public abstract void Dispose();

    private static Calls Counter(SharedArea area) => new(200, area, () => area.Increment64(0));

    private static Calls Mutex(SharedMutex mutex) => new(50, mutex, () => mutex.Enter().Dispose());

    private static Calls ReadLock(SharedReaderWriterLock both) => new(50, both, () => both.EnterRead().Dispose());

    private static Calls Pool(SharedMemoryPool pool) => new(50, pool, () =>
    {
        if (pool.TryRent(out PoolBlock block))
        {
            pool.Return(block);
        }
    });

    /// <summary>A call, again and again.</summary>
    private sealed class Calls(int calls, IDisposable? structure, Action call) : Deed
    {
        internal override void Once() => Some();

        internal override long Some()
        {
            for (int i = 0; i < calls; i++)
            {
                call();
            }

            return calls;
        }

        public override void Dispose() => structure?.Dispose();
    }
}
