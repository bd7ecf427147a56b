namespace Multiprocessing.Tests;

public sealed class SemaphoreTests
{
    [Fact]
    public void Permits_are_taken_and_given_back() => Watchdog.Run(() =>
    {
        using SharedSemaphore semaphore = SharedSemaphore.Create(2);
        semaphore.Unlink();
        Assert.Equal((2, 2, true), (semaphore.CurrentCount, semaphore.MaximumCount, semaphore.HasOwners));
        SharedSemaphore.Scope first = semaphore.Enter();
        Assert.True(semaphore.TryEnter());
        Assert.Equal(0, semaphore.CurrentCount);
        Assert.False(semaphore.TryEnter());
        Assert.False(semaphore.TryEnter(TimeSpan.FromMilliseconds(30)));
        Threads.Run(first.Dispose);
        Assert.Equal(1, semaphore.CurrentCount);
        semaphore.Release();
        Assert.Equal(2, semaphore.CurrentCount);
    });

    [Fact]
    public void More_than_is_held_cannot_be_given_back_and_nothing_is_changed() => Watchdog.Run(() =>
    {
        using SharedSemaphore semaphore = SharedSemaphore.Create(3);
        semaphore.Unlink();
        Assert.Throws<SemaphoreFullException>(() => semaphore.Release());
        Assert.True(semaphore.TryEnter());
        Assert.Throws<SemaphoreFullException>(() => semaphore.Release(2));
        Assert.Equal(2, semaphore.CurrentCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => semaphore.Release(0));
        semaphore.Release();
    });

    [Fact]
    public void A_process_cannot_give_back_what_another_holds() => Watchdog.Run(() =>
    {
        using SharedSemaphore semaphore = SharedSemaphore.Create(1);
        using (ChildProcess child = ChildProcess.Start("lock-hold", Exclusion.Semaphore, semaphore.Name))
        {
            Assert.Equal("held", child.ReadLine());
            Assert.Throws<SemaphoreFullException>(() => semaphore.Release());
            Assert.Equal(0, semaphore.CurrentCount);
            child.WriteLine("leave");
            Assert.Equal("left", child.ReadLine());
        }

        Assert.Equal(1, semaphore.CurrentCount);
        semaphore.Unlink();
    });

    [Fact]
    public void The_permits_of_a_dead_process_return_and_those_of_a_living_one_do_not() => Watchdog.Run(() =>
    {
        using SharedSemaphore semaphore = SharedSemaphore.Create(2);
        using (ChildProcess lives = ChildProcess.Start("lock-hold", Exclusion.Semaphore, semaphore.Name))
        using (ChildProcess dies = ChildProcess.Start("lock-hold", Exclusion.Semaphore, semaphore.Name))
        {
            Assert.Equal("held", lives.ReadLine());
            Assert.Equal("held", dies.ReadLine());
            lives.Signal(Signals.Stop);
            dies.Kill();
            Assert.True(semaphore.TryEnter());
            Assert.False(semaphore.TryEnter(TimeSpan.FromMilliseconds(300)));
            lives.Signal(Signals.Continue);
            semaphore.Release();
        }

        semaphore.Unlink();
        ProcessLease.RemoveDead();
    });

    [Fact]
    public void One_that_counts_is_raised_by_anybody_up_to_its_maximum() => Watchdog.Run(() =>
    {
        using SharedSemaphore semaphore = SharedSemaphore.CreateCounting(0, 5);
        semaphore.Unlink();
        Assert.False(semaphore.HasOwners);
        Assert.False(semaphore.TryEnter());
        semaphore.Release(5);
        Assert.Throws<SemaphoreFullException>(() => semaphore.Release());
        Assert.Equal(5, semaphore.CurrentCount);
        for (int i = 0; i < 5; i++)
        {
            Assert.True(semaphore.TryEnter());
        }

        Action waiter = Threads.Start(() => semaphore.Enter());
        Thread.Sleep(20);
        semaphore.Release();
        waiter();
        Assert.Equal(0, semaphore.CurrentCount);
        using SharedSemaphore most = SharedSemaphore.CreateCounting(int.MaxValue);
        most.Unlink();
        Assert.Throws<SemaphoreFullException>(() => most.Release());
    });

    [Fact]
    public void Counts_that_cannot_be_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedSemaphore.Create(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedSemaphore.Create(SharedSemaphore.MostOwnedPermits + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedSemaphore.CreateCounting(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedSemaphore.CreateCounting(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedSemaphore.CreateCounting(0, 0));
    }

    [Fact]
    public void A_wait_can_be_cancelled_and_takes_nothing() => Watchdog.Run(() =>
    {
        using SharedSemaphore semaphore = SharedSemaphore.CreateCounting(0);
        semaphore.Unlink();
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
        Assert.ThrowsAny<OperationCanceledException>(() => semaphore.Enter(soon.Token).Dispose());
        semaphore.Release();
        Assert.Equal(1, semaphore.CurrentCount);
    });

    [Fact]
    public void Threads_that_give_back_together_give_back_what_is_held_and_no_more() => Watchdog.Run(() =>
    {
        const int Permits = 8;
        using SharedSemaphore semaphore = SharedSemaphore.Create(Permits);
        semaphore.Unlink();
        for (int round = 0; round < 100; round++)
        {
            for (int i = 0; i < Permits; i++)
            {
                Assert.True(semaphore.TryEnter());
            }

            // Three by three of eight: two can, one cannot, whichever comes first.
            int refused = 0;
            Action[] ends = [.. Enumerable.Range(0, 3).Select(_ => Threads.Start(() =>
            {
                try
                {
                    semaphore.Release(3);
                }
                catch (SemaphoreFullException)
                {
                    Interlocked.Increment(ref refused);
                }
            }))];
            Array.ForEach(ends, end => end());
            Assert.Equal((1, 6), (refused, semaphore.CurrentCount));
            semaphore.Release(2);
        }
    });
}
