namespace Multiprocessing.Bench;

/// <summary>One of two sides, each in a process, of which one is at work and the other sleeps.</summary>
internal abstract class HandOver : IDisposable
{
    internal const int BlockSize = 4096;

    /// <summary>How long a side waits for one that may have died.</summary>
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int SecondOffset = 64;

    /// <summary>The kinds of hand-over, which locks.c knows too.</summary>
    internal static IReadOnlyList<string> Kinds { get; } = ["event", "semaphore", "condition"];

    /// <summary>A side of it: the first makes what both use.</summary>
    internal static HandOver Open(string kind, SharedMemory block, bool isFirst)
    {
        (int mine, int others) = isFirst ? (0, SecondOffset) : (SecondOffset, 0);
        return kind switch
        {
            "event" => new ByEvent(Open(block, mine, isFirst, NewEvent, SharedEvent.Attach), Open(block, others, isFirst, NewEvent, SharedEvent.Attach)),
            "semaphore" => new BySemaphore(
                Open(block, mine, isFirst, NewSemaphore, SharedSemaphore.Attach), Open(block, others, isFirst, NewSemaphore, SharedSemaphore.Attach)),
            _ => new ByCondition(Open(block, 0, isFirst, NewCondition, static (block, offset) => SharedCondition.Attach(block, offset)), isFirst ? 1 : 2),
        };
    }

    /// <summary>Lets the other side go on.</summary>
    internal abstract void Give();

    /// <summary>Sleeps until the other side gives; false if it does not.</summary>
    internal abstract bool Take();

    public abstract void Dispose();

    private static T Open<T>(SharedMemory block, long offset, bool isNew, Func<SharedMemory, long, T> create, Func<SharedMemory, long, T> attach) =>
        isNew ? create(block, offset) : attach(block, offset);

    private static SharedEvent NewEvent(SharedMemory block, long offset) => SharedEvent.Create(block, offset, autoReset: true);

    private static SharedSemaphore NewSemaphore(SharedMemory block, long offset) => SharedSemaphore.CreateCounting(block, offset, 0, 1);

    private static SharedCondition NewCondition(SharedMemory block, long offset) => SharedCondition.Create(block, offset);

    private sealed class ByEvent(SharedEvent mine, SharedEvent others) : HandOver
    {
        internal override void Give() => others.Set();

        internal override bool Take() => mine.Wait(Patience);

        public override void Dispose()
        {
            mine.Dispose();
            others.Dispose();
        }
    }

    private sealed class BySemaphore(SharedSemaphore mine, SharedSemaphore others) : HandOver
    {
        internal override void Give() => others.Release();

        internal override bool Take() => mine.TryEnter(Patience);

        public override void Dispose()
        {
            mine.Dispose();
            others.Dispose();
        }
    }

    /// <param name="condition">The condition, with a mutex of its own.</param>
    /// <param name="me">The number of this side: 1 or 2.</param>
    private sealed class ByCondition(SharedCondition condition, int me) : HandOver
    {
        private const int TurnOffset = BlockSize - 64;

        private ref int Turn => ref condition.Block.GetReference<int>(TurnOffset);

        internal override void Give()
        {
            using SharedMutex.Scope scope = condition.Mutex.Enter();
            Turn = 3 - me;
            condition.Notify();
        }

        internal override bool Take()
        {
            using SharedMutex.Scope scope = condition.Mutex.Enter();
            while (Turn != me)
            {
                if (!condition.Wait(Patience))
                {
                    return false;
                }
            }

            return true;
        }

        public override void Dispose() => condition.Dispose();
    }
}
