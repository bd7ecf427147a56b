namespace Multiprocessing.Tests;

/// <summary>Something that lets in one at a time: every primitive that can be used so, behind one face.</summary>
internal sealed class Exclusion(SharedPrimitive primitive, Action enter, Action exit) : IDisposable
{
    internal const string Mutex = "mutex";
    internal const string Recursive = "recursive";
    internal const string Writer = "writer";
    internal const string Semaphore = "semaphore";
    internal const string Counting = "counting";
    internal const string AutoEvent = "event";
    internal const string Condition = "condition";

    internal static string[] Kinds { get; } = [Mutex, Recursive, Writer, Semaphore, Counting, AutoEvent, Condition];

    internal string Name => primitive.Name;

    internal static Exclusion Create(string kind) => Of(kind, kind switch
    {
        Mutex => SharedMutex.Create(),
        Recursive => SharedMutex.Create(recursive: true),
        Writer => SharedReaderWriterLock.Create(),
        Semaphore => SharedSemaphore.Create(1),
        Counting => SharedSemaphore.CreateCounting(1),
        AutoEvent => SharedEvent.Create(initiallySet: true, autoReset: true),
        Condition => SharedCondition.Create(),
        _ => throw new ArgumentException(kind),
    });

    internal static Exclusion Attach(string kind, string name) => Of(kind, kind switch
    {
        Mutex or Recursive => SharedMutex.Attach(name),
        Writer => SharedReaderWriterLock.Attach(name),
        Semaphore or Counting => SharedSemaphore.Attach(name),
        AutoEvent => SharedEvent.Attach(name),
        Condition => SharedCondition.Attach(name),
        _ => throw new ArgumentException(kind),
    });

    internal void Enter() => enter();

    internal void Exit() => exit();

    internal void Unlink() => primitive.Unlink();

    public void Dispose() => primitive.Dispose();

    private static Exclusion Of(string kind, SharedPrimitive primitive) => primitive switch
    {
        SharedMutex mutex when kind == Recursive => new(
            primitive,
            () =>
            {
                mutex.TryEnter(Timeout.InfiniteTimeSpan);
                mutex.TryEnter(Timeout.InfiniteTimeSpan);
            },
            () =>
            {
                mutex.Exit();
                mutex.Exit();
            }),
        SharedMutex mutex => new(primitive, () => mutex.TryEnter(Timeout.InfiniteTimeSpan), mutex.Exit),
        SharedReaderWriterLock rw => new(primitive, () => rw.TryEnterWrite(Timeout.InfiniteTimeSpan), rw.ExitWrite),
        SharedSemaphore semaphore => new(primitive, () => semaphore.TryEnter(Timeout.InfiniteTimeSpan), () => semaphore.Release()),
        SharedEvent e => new(primitive, () => e.Wait(), e.Set),
        SharedCondition condition => OfCondition(condition),
        _ => throw new ArgumentException(kind),
    };

    /// <summary>A lock made of a condition: a flag, which lies in the reserved bytes of its header's block, says whether somebody is in.</summary>
    private static Exclusion OfCondition(SharedCondition condition)
    {
        const int Flag = 56;
        return new(
            condition,
            () =>
            {
                using (condition.Mutex.Enter())
                {
                    condition.WaitFor(() => condition.Block.GetReference<int>(Flag) == 0);
                    condition.Block.GetReference<int>(Flag) = 1;
                }
            },
            () =>
            {
                using (condition.Mutex.Enter())
                {
                    condition.Block.GetReference<int>(Flag) = 0;
                    condition.Notify();
                }
            });
    }
}
