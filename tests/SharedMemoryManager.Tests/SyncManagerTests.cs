namespace Multiprocessing.Tests;

/// <summary>
/// The types of Python's SyncManager, handed out by a manager, used by its processes, which attach by name, and what is left when the one that holds one is killed.
/// </summary>
public sealed class SyncManagerTests : IDisposable
{
    private readonly SharedMemoryManager _manager = SharedMemoryManager.Start();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Lock() => Watchdog.Run(() =>
    {
        using SharedMutex mutex = _manager.CreateMutex();
        using (ChildProcess holder = Start("sync-hold", "mutex", mutex.Name))
        {
            Assert.Equal("held", holder.ReadLine());
            Assert.False(mutex.TryEnter());
            holder.WriteLine("leave");
            Assert.Equal("left", holder.ReadLine());
            using SharedMutex.Scope scope = mutex.Enter();
            Assert.False(scope.Abandoned);
        }

        DiesHolding("mutex", mutex.Name);
        using (SharedMutex.Scope scope = mutex.Enter())
        {
            Assert.True(scope.Abandoned);
        }
    });

    [Fact]
    public void Lock_that_another_thread_or_process_releases() => Watchdog.Run(() =>
    {
        // By another thread: a permit, which belongs to the process. By another process: a count.
        using SharedSemaphore own = _manager.CreateSemaphore(1);
        Assert.True(own.TryEnter());
        var releaser = new Thread(() => own.Release());
        releaser.Start();
        releaser.Join();
        Assert.Equal(1, own.CurrentCount);

        using SharedSemaphore count = _manager.CreateCountingSemaphore(1, 1);
        using ChildProcess holder = Start("sync-hold", "sem", count.Name);
        Assert.Equal("held 1", holder.ReadLine());
        Assert.False(count.TryEnter());
        count.Release();
        Assert.True(count.TryEnter());
        Assert.Throws<SemaphoreFullException>(() => count.Release(2));
    });

    [Fact]
    public void RLock() => Watchdog.Run(() =>
    {
        using SharedMutex mutex = _manager.CreateMutex(recursive: true);
        DiesHolding("mutex", mutex.Name);
        using (SharedMutex.Scope outer = mutex.Enter())
        using (SharedMutex.Scope inner = mutex.Enter())
        {
            Assert.True(outer.Abandoned);
        }

        using ChildProcess holder = Start("sync-hold", "mutex", mutex.Name);
        Assert.Equal("held", holder.ReadLine());
        Assert.False(mutex.TryEnter());
        holder.WriteLine("leave");
        Assert.Equal("left", holder.ReadLine());
        Assert.True(mutex.TryEnter());
        Assert.False(mutex.Abandoned);
        mutex.Exit();
    });

    [Fact]
    public void Semaphore() => Watchdog.Run(() =>
    {
        using SharedSemaphore semaphore = _manager.CreateCountingSemaphore(0);
        using ChildProcess giver = Start("sync-work", "sem", "3", semaphore.Name);
        Assert.Equal("ready", giver.ReadLine());
        Assert.False(semaphore.TryEnter());
        giver.WriteLine("go");
        for (int i = 0; i < 3; i++)
        {
            Assert.True(semaphore.TryEnter(Timeout.InfiniteTimeSpan));
        }

        Assert.Equal("done", giver.ReadLine());
        Assert.False(semaphore.TryEnter());
    });

    [Fact]
    public void BoundedSemaphore() => Watchdog.Run(() =>
    {
        using SharedSemaphore semaphore = _manager.CreateSemaphore(3);
        Assert.Throws<SemaphoreFullException>(() => semaphore.Release());
        Assert.True(semaphore.TryEnter());
        using (ChildProcess holder = Start("sync-hold", "sem", semaphore.Name))
        {
            Assert.Equal("held 2", holder.ReadLine());
            Assert.False(semaphore.TryEnter());
            holder.Kill();
        }

        Assert.True(semaphore.TryEnter(Timeout.InfiniteTimeSpan));
        Assert.True(semaphore.TryEnter(Timeout.InfiniteTimeSpan));
        Assert.False(semaphore.TryEnter());
        semaphore.Release(3);
    });

    [Fact]
    public void Condition() => Watchdog.Run(() =>
    {
        using SharedCondition condition = _manager.CreateCondition();
        DiesHolding("cond", condition.Name);
        using (SharedMutex.Scope scope = condition.Mutex.Enter())
        {
            Assert.True(scope.Abandoned);
        }

        using ChildProcess dead = Start("sync-wait", "cond", condition.Name);
        Assert.Equal(["waiting", "in"], [dead.ReadLine(), dead.ReadLine()]);
        using (condition.Mutex.Enter())
        {
            // In here the first one is surely asleep, and out of the mutex.
            dead.Kill();
        }

        using ChildProcess waiter = Start("sync-wait", "cond", condition.Name);
        Assert.Equal(["waiting", "in"], [waiter.ReadLine(), waiter.ReadLine()]);
        using (condition.Mutex.Enter())
        {
            condition.Notify();
        }

        // The one notification went to the one that lives.
        Assert.Equal("notified", waiter.ReadLine());

        // For a mutex that there is already.
        using SharedMutex mutex = _manager.CreateMutex();
        using SharedCondition other = _manager.CreateCondition(mutex);
        Assert.Same(mutex, other.Mutex);
        using (mutex.Enter())
        {
            Assert.False(other.Wait(TimeSpan.FromMilliseconds(1)));
        }
    });

    [Fact]
    public void Event() => Watchdog.Run(() =>
    {
        using SharedEvent signal = _manager.CreateEvent();
        using ChildProcess dead = Start("sync-wait", "event", signal.Name);
        using ChildProcess waiter = Start("sync-wait", "event", signal.Name);
        Assert.Equal("waiting", dead.ReadLine());
        Assert.Equal("waiting", waiter.ReadLine());
        dead.Kill();
        signal.Set();
        Assert.Equal("set", waiter.ReadLine());
        waiter.WriteLine("again");
        Assert.Equal(["waiting", "set"], [waiter.ReadLine(), waiter.ReadLine()]);
    });

    [Fact]
    public void Barrier() => Watchdog.Run(() =>
    {
        using SharedBarrier barrier = _manager.CreateBarrier(2);
        using (ChildProcess party = Start("sync-wait", "barrier", barrier.Name))
        {
            Assert.Equal("waiting", party.ReadLine());
            int order = barrier.SignalAndWait();
            Assert.Equal($"passed {1 - order}", party.ReadLine());
            party.Kill();
        }

        Assert.Throws<BrokenBarrierException>(() => barrier.SignalAndWait());
        barrier.Reset();
        using ChildProcess next = Start("sync-wait", "barrier", barrier.Name);
        Assert.Equal("waiting", next.ReadLine());
        barrier.SignalAndWait();
        Assert.StartsWith("passed", next.ReadLine(), StringComparison.Ordinal);
    });

    [Fact]
    public void Queue() => Watchdog.Run(() =>
    {
        using SharedQueue<string> queue = _manager.CreateQueue<string>(new() { MaxSize = 3 });
        using (ChildProcess producer = Start("sync-work", "queue", "1000", queue.Name))
        {
            Assert.Equal("ready", producer.ReadLine());
            producer.WriteLine("go");
            for (int i = 0; i < 1000; i++)
            {
                Assert.Equal($"{i}", queue.Get());
            }

            Assert.Equal("done", producer.ReadLine());
        }

        // One that is killed in the midst of putting leaves whole items.
        using ChildProcess dead = Start("sync-work", "queue", "1000000", queue.Name);
        Assert.Equal("ready", dead.ReadLine());
        dead.WriteLine("go");
        Assert.Equal(["0", "1", "2", "3"], [queue.Get(), queue.Get(), queue.Get(), queue.Get()]);
        dead.Kill();
        for (int i = 4; queue.TryGet(out string? item, TimeSpan.FromMilliseconds(300)); i++)
        {
            Assert.Equal($"{i}", item);
        }

        queue.Put("after");
        Assert.Equal("after", queue.Get());
    });

    [Fact]
    public void JoinableQueue() => Watchdog.Run(() =>
    {
        using SharedQueue<string> queue = _manager.CreateQueue<string>(new() { Joinable = true });
        queue.Put("first");
        queue.Put("second");
        using (ChildProcess holder = Start("sync-hold", "queue", queue.Name))
        {
            Assert.Equal("first", holder.ReadLine());
            Assert.Equal((1, 2), (queue.Count, queue.UnfinishedCount));
            Assert.False(queue.Join(TimeSpan.FromMilliseconds(50)));
            holder.Kill();
        }

        // The dead one's item comes again, and the wait is for both.
        Assert.Equal(["first", "second"], new[] { queue.Get(), queue.Get() }.Order(StringComparer.Ordinal));
        queue.TaskDone();
        Assert.False(queue.Join(TimeSpan.Zero));
        queue.TaskDone();
        queue.Join();
        Assert.Equal(1, queue.RedeliveredCount);
    });

    [Fact]
    public void Value() => Watchdog.Run(() =>
    {
        using SharedValue<(long, long)> value = _manager.CreateValue((0L, 0L));
        using ChildProcess other = Start("sync-work", "value", "2000", value.Name);
        Assert.Equal("ready", other.ReadLine());
        other.WriteLine("go");
        for (int i = 0; i < 2000; i++)
        {
            (long up, long down) = value.Update(pair => (pair.Item1 + 1, pair.Item2 - 1));
            Assert.Equal(up, -down);
        }

        Assert.Equal("done", other.ReadLine());
        Assert.Equal((4000, -4000), value.Value);
        DiesHolding("value", value.Name);

        // Set in the lock, of two steps the first: whole, and said to who enters the lock, not to who only reads.
        Assert.Equal((4001, -4000), value.Value);
        using (SharedValue<(long, long)>.Scope scope = value.EnterLock())
        {
            Assert.True(scope.Abandoned);
            value.Value = (4001, -4001);
        }

        using SharedValue<(long, long)>.Scope again = value.EnterLock();
        Assert.False(again.Abandoned);
    });

    [Fact]
    public void Array_with_its_lock() => Watchdog.Run(() =>
    {
        using SharedArray<long> array = _manager.CreateArray<long>(5);
        using SharedMutex mutex = _manager.CreateMutex(recursive: true);
        using ChildProcess other = Start("sync-work", "array", "500", array.Name, mutex.Name);
        Assert.Equal("ready", other.ReadLine());
        other.WriteLine("go");
        for (int i = 0; i < 500; i++)
        {
            using SharedMutex.Scope scope = mutex.Enter();
            for (int j = 0; j < array.Length; j++)
            {
                array[j]++;
            }
        }

        Assert.Equal("done", other.ReadLine());
        Assert.All(array.ToArray(), number => Assert.Equal(1000, number));
        DiesHolding("mutex", mutex.Name);
        using SharedMutex.Scope after = mutex.Enter();
        Assert.True(after.Abandoned);
    });

    [Fact]
    public void Reader_writer_lock() => Watchdog.Run(() =>
    {
        using SharedReaderWriterLock rw = _manager.CreateReaderWriterLock();
        DiesHolding("rwlock", rw.Name);
        using (SharedReaderWriterLock.ReadScope read = rw.EnterRead())
        {
            Assert.True(read.Abandoned);
        }
    });

    [Fact]
    public void A_lock_that_is_released_by_name_goes_on_for_those_who_hold_it_and_wait_for_it() => Watchdog.Run(() =>
    {
        using SharedMutex mutex = _manager.CreateMutex();
        using ChildProcess holder = Start("sync-hold", "mutex", mutex.Name);
        Assert.Equal("held", holder.ReadLine());
        using ChildProcess waiter = Start("sync-wait", "mutex", mutex.Name);
        Assert.Equal("waiting", waiter.ReadLine());
        _manager.Release(mutex.Name);
        Assert.False(SharedMemory.Exists(mutex.Name));
        Assert.False(mutex.TryEnter());
        holder.Kill();
        Assert.Equal("abandoned", waiter.ReadLine());
        using SharedMutex.Scope scope = mutex.Enter();
        Assert.False(scope.Abandoned);
    });

    [Fact]
    public void Who_waits_and_holds_is_not_disturbed_by_a_server_that_is_killed() => Watchdog.Run(() =>
    {
        using SharedMutex mutex = _manager.CreateMutex();
        using SharedQueue<string> queue = _manager.CreateQueue<string>(new() { Joinable = true });
        using ChildProcess holder = Start("sync-hold", "mutex", mutex.Name);
        Assert.Equal("held", holder.ReadLine());
        using ChildProcess getter = Start("sync-hold", "queue", queue.Name);
        using ChildProcess waiter = Start("sync-wait", "mutex", mutex.Name);
        Assert.Equal("waiting", waiter.ReadLine());
        int server = _manager.ServerProcessId;
        Assert.True(Signals.Send(server, Signals.Kill));
        Eventually.True(() => _manager.ServerProcessId != server, "the next server");
        Assert.Equal(
            [("mutex", mutex.Name), ("queue", queue.Name)],
            _manager.ListBlocks().Select(block => (block.Kind, block.Name)));
        queue.Put("item");
        Assert.Equal("item", getter.ReadLine());
        holder.WriteLine("leave");
        Assert.Equal("entered", waiter.ReadLine());
        getter.WriteLine("done");
        queue.Join();
    });

    private ChildProcess Start(string verb, params string[] args) => ChildProcess.Start(start => start.UseManager(_manager), verb, args);

    private void DiesHolding(string kind, string name)
    {
        using ChildProcess holder = Start("sync-hold", kind, name);
        Assert.StartsWith("held", holder.ReadLine(), StringComparison.Ordinal);
        holder.Kill();
    }
}
