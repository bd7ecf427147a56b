namespace Multiprocessing.Tests;

public sealed class ConditionTests
{
    [Fact]
    public void Who_waits_is_notified_in_the_order_of_coming_and_nobody_else_is_woken() => Watchdog.Run(() =>
    {
        using SharedCondition condition = SharedCondition.Create();
        condition.Unlink();
        var order = new List<int>();
        Action[] ends = new Action[4];
        int waiting = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            int me = i;
            ends[i] = Threads.Start(() =>
            {
                using (condition.Mutex.Enter())
                {
                    Interlocked.Increment(ref waiting);
                    condition.Wait();
                    order.Add(me);
                }
            });
            Eventually.True(() => Volatile.Read(ref waiting) == me + 1 && EntersAndLeaves(condition.Mutex), "the wait");
        }

        for (int i = 0; i < 2; i++)
        {
            using (condition.Mutex.Enter())
            {
                condition.Notify();
            }

            ends[i]();
        }

        // Longer than any look of its own takes: a wake-up for nothing would have come.
        Thread.Sleep(3 * WakeWord.Backstop);
        using (condition.Mutex.Enter())
        {
            Assert.Equal([0, 1], order);
            condition.NotifyAll();
        }

        ends[2]();
        ends[3]();
        Assert.Equal([0, 1, 2, 3], order.Order());
    });

    [Fact]
    public void Both_are_an_error_without_the_mutex() => Watchdog.Run(() =>
    {
        using SharedCondition condition = SharedCondition.Create();
        condition.Unlink();
        Assert.Throws<SynchronizationLockException>(() => condition.Wait());
        Assert.Throws<SynchronizationLockException>(() => condition.Wait(TimeSpan.Zero));
        Assert.Throws<SynchronizationLockException>(() => condition.WaitFor(() => true));
        Assert.Throws<SynchronizationLockException>(() => condition.Notify());
        Assert.Throws<SynchronizationLockException>(condition.NotifyAll);
    });

    [Fact]
    public void The_mutex_is_held_after_a_time_out_and_after_a_cancellation() => Watchdog.Run(() =>
    {
        using SharedCondition condition = SharedCondition.Create(recursive: true);
        condition.Unlink();
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(40));
        using (condition.Mutex.Enter())
        using (condition.Mutex.Enter())
        {
            Assert.False(condition.Wait(TimeSpan.Zero));
            Assert.False(condition.Wait(TimeSpan.FromMilliseconds(30)));
            Assert.True(condition.Mutex.IsHeldByCurrentThread);
            Assert.ThrowsAny<OperationCanceledException>(() => condition.Wait(soon.Token));
            Assert.True(condition.Mutex.IsHeldByCurrentThread);
            Threads.Run(() => Assert.False(condition.Mutex.TryEnter()));
        }

        Threads.Run(() => condition.Mutex.Enter().Dispose());
    });

    [Fact]
    public void A_recursive_mutex_is_left_and_entered_again_as_often_as_it_was() => Watchdog.Run(() =>
    {
        using SharedCondition condition = SharedCondition.Create(recursive: true);
        condition.Unlink();
        bool ready = false;
        Action notifier;
        using (condition.Mutex.Enter())
        using (condition.Mutex.Enter())
        {
            notifier = Threads.Start(() =>
            {
                using (condition.Mutex.Enter())
                {
                    ready = true;
                    condition.Notify();
                }
            });
            Assert.True(condition.WaitFor(() => ready, TimeSpan.FromSeconds(30)));
            Threads.Run(() => Assert.False(condition.Mutex.TryEnter()));
        }

        notifier();
        Assert.False(condition.Mutex.IsHeldByCurrentThread);
    });

    [Fact]
    public void WaitFor_says_what_the_predicate_said_last() => Watchdog.Run(() =>
    {
        using SharedCondition condition = SharedCondition.Create();
        condition.Unlink();
        using (condition.Mutex.Enter())
        {
            int asked = 0;
            Assert.False(condition.WaitFor(() => ++asked > 100, TimeSpan.FromMilliseconds(30)));
            Assert.InRange(asked, 2, 3);
            Assert.True(condition.WaitFor(() => true, TimeSpan.Zero));
        }
    });

    [Fact]
    public void A_notification_passes_by_a_waiter_that_was_killed() => Watchdog.Run(() =>
    {
        using SharedCondition condition = SharedCondition.Create();
        using (ChildProcess first = ChildProcess.Start("condition-wait", condition.Name))
        using (ChildProcess second = Second(first))
        {
            first.Kill();
            using (condition.Mutex.Enter())
            {
                condition.Notify();
            }

            Assert.Equal("notified", second.ReadLine());
            Assert.Equal(0, second.WaitForExit());
        }

        condition.Unlink();
        ProcessLease.RemoveDead();

        ChildProcess Second(ChildProcess first)
        {
            Assert.Equal("waiting", first.ReadLine());
            ChildProcess second = ChildProcess.Start("condition-wait", condition.Name);
            Assert.Equal("waiting", second.ReadLine());
            Eventually.True(() => EntersAndLeaves(condition.Mutex), "both wait");
            return second;
        }
    });

    [Fact]
    public void A_waiter_comes_out_as_the_next_one_in_when_the_notifier_dies_in_the_mutex() => Watchdog.Run(() =>
    {
        using SharedCondition condition = SharedCondition.Create();
        using (ChildProcess notifier = ChildProcess.Start("condition-notify", condition.Name))
        {
            Assert.Equal("held", notifier.ReadLine());
            bool abandoned = false;
            Action waiter = Threads.Start(() =>
            {
                using (condition.Mutex.Enter())
                {
                    // The death may come before this thread is in, and then it is told so here; a second one dies for the wait.
                    if (!condition.Mutex.Abandoned)
                    {
                        condition.Wait();
                    }

                    abandoned = condition.Mutex.Abandoned;
                }
            });
            notifier.Kill();
            waiter();
            Assert.True(abandoned);
        }

        bool waits = false;
        bool told = false;
        Action sleeper = Threads.Start(() =>
        {
            using (condition.Mutex.Enter())
            {
                waits = true;
                condition.Wait();
                told = condition.Mutex.Abandoned;
            }
        });
        Eventually.True(() => Volatile.Read(ref waits) && EntersAndLeaves(condition.Mutex), "the wait");
        using (ChildProcess notifier = ChildProcess.Start("condition-notify", condition.Name))
        {
            Assert.Equal("held", notifier.ReadLine());
            notifier.Kill();
        }

        sleeper();
        Assert.True(told);
        condition.Unlink();
        ProcessLease.RemoveDead();
    });

    [Fact]
    public void More_waiters_than_there_is_room_for_are_refused_and_hold_the_mutex_still() => Watchdog.Run(() =>
    {
        using SharedCondition condition = SharedCondition.Create(capacity: 1);
        condition.Unlink();
        bool waits = false;
        Action first = Threads.Start(() =>
        {
            using (condition.Mutex.Enter())
            {
                waits = true;
                condition.Wait();
            }
        });
        Eventually.True(() => Volatile.Read(ref waits) && EntersAndLeaves(condition.Mutex), "the wait");
        using (condition.Mutex.Enter())
        {
            Assert.Throws<InvalidOperationException>(() => condition.Wait());
            Assert.True(condition.Mutex.IsHeldByCurrentThread);
            condition.NotifyAll();
        }

        first();
    });

    [Fact]
    public void Several_conditions_can_belong_to_one_mutex_and_none_to_another() => Watchdog.Run(() =>
    {
        using SharedMutex mutex = SharedMutex.Create();
        using SharedMutex stranger = SharedMutex.Create();
        using SharedCondition full = SharedCondition.Create(mutex);
        using SharedCondition empty = SharedCondition.Create(mutex);
        using SharedMutex again = SharedMutex.Attach(mutex.Name);
        using SharedCondition fullAgain = SharedCondition.Attach(full.Name, again);
        bool ready = false;
        Action waiter = Threads.Start(() =>
        {
            using (again.Enter())
            {
                Assert.True(fullAgain.WaitFor(() => ready));
            }
        });
        using (mutex.Enter())
        {
            ready = true;
            full.NotifyAll();
            empty.NotifyAll();
        }

        waiter();
        Assert.Throws<InvalidDataException>(() => SharedCondition.Attach(full.Name, stranger));
        Assert.Throws<ArgumentException>(() => SharedCondition.Attach(full.Name));
        Array.ForEach<SharedPrimitive>([mutex, stranger, full, empty], primitive => primitive.Unlink());
    });

    [Fact]
    public void Items_pass_between_threads_exactly_once() => Watchdog.Run(() =>
    {
        const int Items = 20_000;
        using SharedCondition condition = SharedCondition.Create();
        condition.Unlink();
        var queue = new Queue<int>();
        var taken = new List<int>();
        Action[] consumers = [.. Enumerable.Range(0, 3).Select(_ => Threads.Start(() =>
        {
            while (true)
            {
                using (condition.Mutex.Enter())
                {
                    condition.WaitFor(() => queue.Count > 0);
                    int item = queue.Dequeue();
                    if (item < 0)
                    {
                        return;
                    }

                    taken.Add(item);
                }
            }
        }))];
        foreach (int item in Enumerable.Range(0, Items).Concat(Enumerable.Repeat(-1, 3)))
        {
            using (condition.Mutex.Enter())
            {
                queue.Enqueue(item);
                condition.Notify();
            }
        }

        Array.ForEach(consumers, end => end());
        Assert.Equal(Enumerable.Range(0, Items), taken);
    });

    private static bool EntersAndLeaves(SharedMutex mutex)
    {
        mutex.Enter().Dispose();
        return true;
    }
}
