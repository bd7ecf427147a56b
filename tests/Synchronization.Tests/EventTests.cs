using System.Globalization;

namespace Multiprocessing.Tests;

public sealed class EventTests
{
    [Fact]
    public void Manual_reset_lets_everybody_through_until_it_is_reset() => Watchdog.Run(() =>
    {
        using SharedEvent e = SharedEvent.Create();
        e.Unlink();
        Assert.False(e.AutoReset);
        Assert.False(e.Wait(TimeSpan.Zero));
        Assert.False(e.Wait(TimeSpan.FromMilliseconds(30)));
        Action[] ends = [.. Enumerable.Range(0, 5).Select(_ => Threads.Start(() => e.Wait()))];
        Thread.Sleep(20);
        e.Set();
        Array.ForEach(ends, end => end());
        e.Set();
        Assert.True(e.IsSet);
        Assert.True(e.Wait(TimeSpan.Zero));
        e.Reset();
        Assert.False(e.IsSet);
        Assert.False(e.Wait(TimeSpan.Zero));
    });

    [Fact]
    public void Auto_reset_lets_one_through_each_time() => Watchdog.Run(() =>
    {
        using SharedEvent e = SharedEvent.Create(initiallySet: true, autoReset: true);
        e.Unlink();
        Assert.True(e.Wait(TimeSpan.Zero));
        Assert.False(e.Wait(TimeSpan.Zero));
        int through = 0;
        Action[] ends = [.. Enumerable.Range(0, 4).Select(_ => Threads.Start(() =>
        {
            e.Wait();
            Interlocked.Increment(ref through);
        }))];
        for (int i = 1; i <= 4; i++)
        {
            e.Set();
            Eventually.True(() => Volatile.Read(ref through) == i && !e.IsSet, "one through");
        }

        Array.ForEach(ends, end => end());
    });

    [Theory]
    [InlineData(Backends.System, 5_000)]
    [InlineData(Backends.Portable, 200)]
    public void Two_processes_wake_each_other_and_no_signal_is_lost(string backend, int times) => Watchdog.Run(() =>
    {
        using Backends.Restore restore = Backends.Use(backend);
        using SharedEvent there = SharedEvent.Create(autoReset: true);
        using SharedEvent back = SharedEvent.Create(autoReset: true);
        using (ChildProcess echo = ChildProcess.Start("event-echo", there.Name, back.Name, times.ToString(CultureInfo.InvariantCulture)))
        {
            Assert.Equal("ready", echo.ReadLine());
            for (int i = 0; i < times; i++)
            {
                there.Set();
                Assert.True(back.Wait(TimeSpan.FromSeconds(30)), $"the echo of signal {i}");
            }

            Assert.Equal(0, echo.WaitForExit());
        }

        there.Unlink();
        back.Unlink();
    });

    [Fact]
    public void A_wait_can_be_cancelled() => Watchdog.Run(() =>
    {
        using SharedEvent e = SharedEvent.Create();
        e.Unlink();
        using var cancel = new CancellationTokenSource();
        Action waiter = Threads.Start(() => e.Wait(cancel.Token));
        Action other = Threads.Start(() => e.Wait());
        Thread.Sleep(20);
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(waiter);
        e.Set();
        other();
        e.Reset();
        Assert.ThrowsAny<OperationCanceledException>(() => e.Wait(new CancellationToken(canceled: true)));
    });

    [Fact]
    public void After_dispose_it_throws_and_who_waits_is_not_hurt() => Watchdog.Run(() =>
    {
        SharedEvent e = SharedEvent.Create();
        using SharedEvent other = SharedEvent.Attach(e.Name);
        e.Unlink();
        Action waiter = Threads.Start(() => e.Wait());
        Thread.Sleep(20);
        e.Dispose();
        Assert.Throws<ObjectDisposedException>(e.Set);
        Assert.Throws<ObjectDisposedException>(() => e.IsSet);
        other.Set();
        waiter();
    });
}
