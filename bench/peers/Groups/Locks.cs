namespace Multiprocessing.Bench;

/// <summary>Enter and exit of the locks between processes when nobody else wants them.</summary>
internal static class Locks
{
    private const int Calls = 10_000;

    internal static IEnumerable<Row> All(Contest contest)
    {
        using Peer native = NativePeer.TryStart("locks.c");
        using RobustMutex? bare = OperatingSystem.IsLinux() ? new RobustMutex() : null;
        using SharedMutex mutex = SharedMutex.Create(Keeper.NewName());
        using SharedReaderWriterLock readerWriterLock = SharedReaderWriterLock.Create(Keeper.NewName());
        using SharedSemaphore semaphore = SharedSemaphore.Create(1, Keeper.NewName());
        using var named = new Mutex(false, $"psm-bench-{Guid.NewGuid():N}");
        try
        {
            Series[] results = contest.Run(
                Contest.PerCall(Calls, n => Enter(mutex, n)),
                Contest.PerCall(Calls, n => EnterRead(readerWriterLock, n)),
                Contest.PerCall(Calls, n => EnterWrite(readerWriterLock, n)),
                Contest.PerCall(Calls, n => Enter(semaphore, n)),
                Contest.PerCall(Calls, n => Enter(named, n)),
                native.Measuring("mutex"),
                native.Measuring("sysv"),
                bare is null ? Contest.Missing : Contest.PerCall(Calls, bare.EnterAndExit));
            (Series ours, Series dotnet, Series c, Series sysv, Series invoked) = (results[0], results[4], results[5], results[6], results[7]);
            const string Note = "One thread, the lock in the nearest cache, nobody waits: what it costs to wake somebody or to share a cache line with other "
                + "processors is not measured. Ours also knows its thread and keeps its memory mapped meanwhile; the peers in C and through P/Invoke do not.";
            const string NoteOnReading = Note + " Reading: of many readers each takes a lock of its own, so they do not slow each other down, and "
                + "that is not measured either. Writing takes all 32 of those locks and one more.";
            return
            [
                new Row("mutex: enter + exit", ours, ".NET named Mutex", dotnet, Goal.Faster(5), Note),
                new Row("mutex: enter + exit", ours, "robust pthread mutex, C", c, Goal.AtMost(2), Note),
                new Row("mutex: enter + exit", ours, "robust pthread mutex, P/Invoke", invoked, null, Note),
                new Row("mutex: enter + exit", ours, "SysV semop, SEM_UNDO, C", sysv, null, Note),
                new Row("reader-writer lock: enter + exit to read", results[1], "our mutex", ours, Goal.AtMost(2), NoteOnReading),
                new Row("reader-writer lock: enter + exit to write", results[2], "our mutex", ours, null, NoteOnReading),
                new Row("semaphore of one owned permit: enter + release", results[3], "SysV semop, SEM_UNDO, C", sysv, null, Note),
            ];
        }
        finally
        {
            mutex.Unlink();
            readerWriterLock.Unlink();
            semaphore.Unlink();
        }
    }

    private static void Enter(SharedMutex mutex, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            using SharedMutex.Scope scope = mutex.Enter();
        }
    }

    private static void EnterRead(SharedReaderWriterLock readerWriterLock, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            using SharedReaderWriterLock.ReadScope scope = readerWriterLock.EnterRead();
        }
    }

    private static void EnterWrite(SharedReaderWriterLock readerWriterLock, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            using SharedReaderWriterLock.WriteScope scope = readerWriterLock.EnterWrite();
        }
    }

    private static void Enter(SharedSemaphore semaphore, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            using SharedSemaphore.Scope scope = semaphore.Enter();
        }
    }

    private static void Enter(Mutex named, int calls)
    {
        for (int i = 0; i < calls; i++)
        {
            named.WaitOne();
            named.ReleaseMutex();
        }
    }
}
