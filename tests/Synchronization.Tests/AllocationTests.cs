namespace Multiprocessing.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void To_enter_and_to_leave_allocates_nothing() => Watchdog.Run(() =>
    {
        using SharedMutex mutex = SharedMutex.Create();
        using SharedMutex recursive = SharedMutex.Create(recursive: true);
        using SharedReaderWriterLock rw = SharedReaderWriterLock.Create();
        using SharedSemaphore semaphore = SharedSemaphore.Create(2);
        using SharedSemaphore counting = SharedSemaphore.CreateCounting(1);
        using SharedEvent e = SharedEvent.Create();
        using SharedCondition condition = SharedCondition.Create();
        using SharedBarrier barrier = SharedBarrier.Create(1);
        Array.ForEach<SharedPrimitive>([mutex, recursive, rw, semaphore, counting, e, condition, barrier], primitive => primitive.Unlink());
        (string What, Action Use)[] uses =
        [
            ("mutex", () => mutex.Enter().Dispose()),
            ("mutex that is tried", () =>
            {
                mutex.TryEnter(TimeSpan.FromSeconds(1));
                mutex.Exit();
            }),
            ("recursive mutex", () =>
            {
                using (recursive.Enter())
                {
                    recursive.Enter().Dispose();
                }
            }),
            ("read", () => rw.EnterRead().Dispose()),
            ("write", () => rw.EnterWrite().Dispose()),
            ("permit", () => semaphore.Enter().Dispose()),
            ("count", () => counting.Enter().Dispose()),
            ("event", () =>
            {
                e.Set();
                e.Wait();
                e.Reset();
            }),
            ("event that is waited for in vain", () => e.Wait(TimeSpan.FromMilliseconds(1))),
            ("condition", () =>
            {
                using (condition.Mutex.Enter())
                {
                    condition.Wait(TimeSpan.FromMilliseconds(1));
                    condition.Notify();
                }
            }),
            ("barrier", () => barrier.SignalAndWait()),
        ];

        Assert.All(uses, static use => Assert.Equal((use.What, 0L), (use.What, Allocations.By(use.Use, times: 50))));
    });
}
