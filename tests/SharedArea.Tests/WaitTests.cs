namespace Multiprocessing.Tests;

public sealed class WaitTests
{
    [Fact]
    public void No_update_is_missed_by_one_who_waits_for_the_next_each_time() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        SharedArea other = scratch.Again(area);
        const int Rounds = 3000;

        // Each answers the other's update: one missed, and both sleep until the backstop, again and again.
        var thread = new Thread(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                while (other.Read64(0) <= i)
                {
                    long seen = other.UpdateCount;
                    if (other.Read64(0) <= i)
                    {
                        other.Wait(seen);
                    }
                }

                other.Write64(8, i + 1);
            }
        });
        thread.Start();
        for (int i = 0; i < Rounds; i++)
        {
            area.Write64(0, i + 1);
            while (area.Read64(8) <= i)
            {
                long seen = area.UpdateCount;
                if (area.Read64(8) <= i)
                {
                    area.Wait(seen);
                }
            }
        }

        thread.Join();
        Assert.Equal(2 * Rounds, area.UpdateCount);
    });

    [Fact]
    public void All_who_wait_are_woken_whatever_the_update_is() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        Action<SharedArea>[] updates =
        [
            static a => a.Write8(0, 1), static a => a.Write(0, "text that is longer"), static a => a.Increment64(0), static a => a.Increment64(1),
            static a => a.MarkUpdated(), static a => a.CompareExchange8(20, 1, 0), static a => a.Write64(3, 1),
        ];
        foreach (Action<SharedArea> update in updates)
        {
            long seen = area.UpdateCount;
            Task<bool>[] waits = [.. Enumerable.Range(0, 4).Select(_ => area.WaitAsync(seen, TimeSpan.FromSeconds(30)))];
            Thread.Sleep(10);
            Assert.All(waits, static wait => Assert.False(wait.IsCompleted));
            update(area);
            Task.WaitAll(waits);
            Assert.All(waits, static wait => Assert.True(wait.Result));
        }
    });

    [Fact]
    public void A_wait_ends_by_its_token() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        using var source = new CancellationTokenSource(20);
        Assert.ThrowsAny<OperationCanceledException>(() => area.Wait(0, source.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => area.WaitAsync(0, source.Token).GetAwaiter().GetResult());
        using var later = new CancellationTokenSource(20);
        Assert.ThrowsAny<OperationCanceledException>(() => area.WaitAsync(0, later.Token).GetAwaiter().GetResult());
        Assert.Throws<ArgumentOutOfRangeException>(() => area.Wait(0, TimeSpan.FromSeconds(-2)));
    });

    [Fact]
    public void An_area_that_is_disposed_while_somebody_waits_stays_mapped_for_him() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        SharedArea other = scratch.Again(area);
        Task<bool> wait = other.WaitAsync(0, TimeSpan.FromSeconds(30));
        Thread.Sleep(20);
        other.Dispose();
        area.Write8(0, 1);
        Assert.True(wait.GetAwaiter().GetResult());
    });
}
