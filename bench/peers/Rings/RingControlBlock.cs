namespace Multiprocessing.Bench;

/// <summary>A block by which the measuring process tells two others what to do: they sleep meanwhile, so that one pair at a time is at work.</summary>
internal sealed unsafe class RingControlBlock(SharedMemory block) : IDisposable
{
    internal const int ByteSize = 1024;

    /// <summary>How long anybody waits before he looks again.</summary>
    private const int Patience = 100;

    private uint* Order => (uint*)block.Address;

    private uint* Done => (uint*)(block.Address + 128);

    internal string Name => block.Name;

    internal ref long Command => ref block.GetReference<long>(8);

    internal ref long Count => ref block.GetReference<long>(16);

    internal ref long FirstMessage => ref block.GetReference<long>(24);

    internal ref long Filled => ref block.GetReference<long>(256);

    internal ref long Drained => ref block.GetReference<long>(384);

    internal ref long Word(int which) => ref block.GetReference<long>(512 + (which * 128));

    internal ref long Nanoseconds(bool isProducer) => ref block.GetReference<long>(isProducer ? 768 : 896);

    /// <summary>Tells all, and returns when so many have done it.</summary>
    internal void Run(long command, uint executors, Func<bool> anyGone)
    {
        Volatile.Write(ref *Done, 0);
        Command = command;
        Interlocked.Increment(ref *Order);
        WaitBackend.Current.Wake(Order, int.MaxValue);
        while (Volatile.Read(ref *Done) is var done && done < executors)
        {
            WaitBackend.Current.Wait(Done, done, Patience);
            if (anyGone())
            {
                throw new InvalidOperationException("A process at a ring ended before it was told to.");
            }
        }
    }

    /// <summary>Waits for the next order; the last one is told from it by its number.</summary>
    internal long Next(ref uint last)
    {
        uint seen;
        while ((seen = Volatile.Read(ref *Order)) == last)
        {
            WaitBackend.Current.Wait(Order, seen, Patience);
        }

        last = seen;
        return Command;
    }

    internal void Finish()
    {
        Interlocked.Increment(ref *Done);
        WaitBackend.Current.Wake(Done, 1);
    }

    /// <summary>Waits, awake, for another process.</summary>
    internal static void Await(ref long word, long value)
    {
        for (int i = 1; Volatile.Read(ref word) != value; i++)
        {
            if (i % 1024 == 0)
            {
                Thread.Yield();
            }
        }
    }

    internal void Unlink() => block.Unlink();

    public void Dispose() => block.Dispose();
}
