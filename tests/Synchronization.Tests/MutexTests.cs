namespace Multiprocessing.Tests;

public sealed class MutexTests : IDisposable
{
    private readonly List<SharedPrimitive> _primitives = [];

    public void Dispose() => _primitives.ForEach(primitive =>
    {
        primitive.Unlink();
        primitive.Dispose();
    });

    [Fact]
    public void It_keeps_others_out_and_lets_them_in_again() => Watchdog.Run(() =>
    {
        SharedMutex mutex = Created(SharedMutex.Create());
        using (mutex.Enter())
        {
            Assert.True(mutex.IsHeldByCurrentThread);
            OnAnotherThread(() =>
            {
                Assert.False(mutex.IsHeldByCurrentThread);
                Assert.False(mutex.TryEnter());
                Assert.False(mutex.TryEnter(TimeSpan.FromMilliseconds(30)));
            });
        }

        Assert.False(mutex.IsHeldByCurrentThread);
        OnAnotherThread(() =>
        {
            Assert.True(mutex.TryEnter());
            mutex.Exit();
        });
    });

    [Fact]
    public void It_is_the_same_by_another_attach_and_in_another_process() => Watchdog.Run(() =>
    {
        SharedMutex mutex = Created(SharedMutex.Create("sync-mutex-a"));
        using SharedMutex other = SharedMutex.Attach("sync-mutex-a");
        using (other.Enter())
        {
            OnAnotherThread(() => Assert.False(mutex.TryEnter()));
        }

        using ChildProcess child = ChildProcess.Start("lock-hold", Exclusion.Mutex, mutex.Name);
        Assert.Equal("held", child.ReadLine());
        Assert.False(mutex.TryEnter());
        child.WriteLine("leave");
        Assert.Equal("left", child.ReadLine());
        Assert.True(mutex.TryEnter());
        Assert.False(mutex.Abandoned);
        mutex.Exit();
    });

    [Fact]
    public void The_next_one_in_after_a_death_is_told_and_the_one_after_is_not() => Watchdog.Run(() =>
    {
        SharedMutex mutex = Created(SharedMutex.Create());
        using (ChildProcess child = ChildProcess.Start("lock-hold", Exclusion.Mutex, mutex.Name))
        {
            Assert.Equal("held", child.ReadLine());
            child.Kill();
        }

        using (SharedMutex.Scope scope = mutex.Enter())
        {
            Assert.True(scope.Abandoned);
            Assert.True(mutex.Abandoned);
        }

        using (SharedMutex.Scope scope = mutex.Enter())
        {
            Assert.False(scope.Abandoned);
        }
    });

    [Fact]
    public void A_process_that_ends_cleanly_without_leaving_has_abandoned_it_too() => Watchdog.Run(() =>
    {
        SharedMutex mutex = Created(SharedMutex.Create());
        using (ChildProcess child = ChildProcess.Start("lock-hold", Exclusion.Mutex, mutex.Name))
        {
            Assert.Equal("held", child.ReadLine());
            child.CloseInput();
            Assert.Equal(0, child.WaitForExit());
        }

        Assert.True(mutex.TryEnter());
        Assert.True(mutex.Abandoned);
        mutex.Exit();
    });

    [Fact]
    public void A_thread_that_ends_without_leaving_has_abandoned_it() => Watchdog.Run(() =>
    {
        SharedMutex mutex = Created(SharedMutex.Create());
        OnAnotherThread(() => mutex.TryEnter());
        Assert.True(mutex.TryEnter(TimeSpan.FromSeconds(10)));
        Assert.True(mutex.Abandoned);
        mutex.Exit();
    });

    [Fact]
    public void Entering_again_is_an_error_and_changes_nothing() => Watchdog.Run(() =>
    {
        SharedMutex mutex = Created(SharedMutex.Create());
        using (mutex.Enter())
        {
            Assert.Throws<LockRecursionException>(() => mutex.TryEnter());
            Assert.Throws<LockRecursionException>(() => mutex.TryEnter(TimeSpan.FromSeconds(1)));
            Assert.True(mutex.IsHeldByCurrentThread);
            using SharedMutex other = SharedMutex.Attach(mutex.Name);
            Assert.Throws<LockRecursionException>(() => other.TryEnter());
        }

        Assert.True(mutex.TryEnter());
        mutex.Exit();
    });

    [Fact]
    public void A_recursive_one_is_left_as_often_as_it_was_entered() => Watchdog.Run(() =>
    {
        SharedMutex mutex = Created(SharedMutex.Create(recursive: true));
        Assert.True(mutex.IsRecursive);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(mutex.TryEnter());
        }

        for (int i = 0; i < 3; i++)
        {
            OnAnotherThread(() => Assert.False(mutex.TryEnter()));
            mutex.Exit();
        }

        OnAnotherThread(() =>
        {
            Assert.True(mutex.TryEnter());
            mutex.Exit();
        });
        Assert.Throws<SynchronizationLockException>(mutex.Exit);
    });

    [Fact]
    public void Leaving_by_who_is_not_in_is_an_error_and_changes_nothing() => Watchdog.Run(() =>
    {
        SharedMutex mutex = Created(SharedMutex.Create());
        Assert.Throws<SynchronizationLockException>(mutex.Exit);
        using (mutex.Enter())
        {
            OnAnotherThread(() => Assert.Throws<SynchronizationLockException>(mutex.Exit));
            OnAnotherThread(() => Assert.False(mutex.TryEnter()));
            using SharedMutex other = SharedMutex.Attach(mutex.Name);
            Assert.Throws<SynchronizationLockException>(other.Exit);
        }

        Assert.Throws<SynchronizationLockException>(mutex.Exit);
        Assert.True(mutex.TryEnter());
        mutex.Exit();
    });

    [Fact]
    public void A_wait_can_be_cancelled() => Watchdog.Run(() =>
    {
        SharedMutex mutex = Created(SharedMutex.Create());
        using (mutex.Enter())
        {
            OnAnotherThread(() =>
            {
                using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
                Assert.ThrowsAny<OperationCanceledException>(() => mutex.TryEnter(TimeSpan.FromMinutes(5), soon.Token));
                Assert.ThrowsAny<OperationCanceledException>(() => mutex.Enter(new CancellationToken(canceled: true)).Dispose());
            });
        }

        // As .NET's own: who is cancelled does not enter, though it could.
        Assert.ThrowsAny<OperationCanceledException>(() => mutex.Enter(new CancellationToken(canceled: true)).Dispose());
        Assert.True(mutex.TryEnter());
        mutex.Exit();
    });

    [Fact]
    public void A_time_below_zero_is_refused_and_infinite_is_not() => Watchdog.Run(() =>
    {
        SharedMutex mutex = Created(SharedMutex.Create());
        Assert.Throws<ArgumentOutOfRangeException>(() => mutex.TryEnter(TimeSpan.FromMilliseconds(-2)));
        Assert.True(mutex.TryEnter(Timeout.InfiniteTimeSpan));
        mutex.Exit();
        Assert.True(mutex.TryEnter(TimeSpan.MaxValue));
        mutex.Exit();
    });

    [Fact]
    public void After_dispose_it_throws_and_a_thread_that_is_in_can_leave() => Watchdog.Run(() =>
    {
        SharedMutex mutex = SharedMutex.Create();
        mutex.Unlink();
        Assert.True(mutex.TryEnter());
        mutex.Dispose();
        mutex.Dispose();
        Assert.Throws<ObjectDisposedException>(() => mutex.TryEnter());
        mutex.Exit();
        Assert.Throws<ObjectDisposedException>(() => mutex.TryEnter());
        Assert.Throws<SynchronizationLockException>(mutex.Exit);
    });

    [Fact]
    public void Disposing_beside_threads_that_enter_never_touches_memory_that_is_gone() => Watchdog.Run(() =>
    {
        for (int round = 0; round < 200; round++)
        {
            SharedMutex mutex = SharedMutex.Create();
            mutex.Unlink();
            Thread[] threads = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() =>
            {
                try
                {
                    while (true)
                    {
                        using (mutex.Enter())
                        {
                        }
                    }
                }
                catch (ObjectDisposedException)
                {
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Thread.SpinWait(round * 100);
            mutex.Dispose();
            Array.ForEach(threads, thread => thread.Join());
        }
    });

    private T Created<T>(T primitive)
        where T : SharedPrimitive
    {
        _primitives.Add(primitive);
        return primitive;
    }

    private static void OnAnotherThread(Action action) => Threads.Run(action);
}
