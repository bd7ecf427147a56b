namespace Multiprocessing.Tests;

public sealed class LockTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(30);
    private static readonly byte[] Many = new byte[500];

    [Fact]
    public void Locks_nest() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        using (area.EnterWriteLock())
        using (area.EnterWriteLock())
        using (area.EnterReadLock())
        {
            area.Write64(0, 1);
            area.Write(8, Many);
            Assert.Equal(2, area.Increment64(0));
            Assert.Equal(500, area.Read(8, 500).Length);
        }

        using (area.EnterReadLock())
        using (area.EnterReadLock())
        {
            Assert.Equal(2, area.Read64(0));
        }

        Scratch.OnAnotherThread(() => Assert.True(area.TryEnterWriteLock()));
    });

    [Fact]
    public void An_inner_scope_does_not_let_others_in_when_it_ends() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        using (area.EnterReadLock())
        {
            area.EnterReadLock().Dispose();
            Scratch.OnAnotherThread(() => Assert.False(area.TryEnterWriteLock(Short)));
        }

        using (area.EnterWriteLock())
        {
            area.EnterWriteLock().Dispose();
            area.EnterReadLock().Dispose();
            Scratch.OnAnotherThread(() => Assert.False(area.TryEnterReadLock(Short)));
        }
    });

    [Fact]
    public void Readers_read_together() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        using (area.EnterReadLock())
        {
            Scratch.OnAnotherThread(() =>
            {
                Assert.True(area.TryEnterReadLock());
                Assert.Equal(0, area.Read64(0));
                area.ExitReadLock();
            });
        }

        area.Write64(0, 1);
    });

    public static TheoryData<string> Writes => [.. Writers.Keys];

    private static Dictionary<string, Action<SharedArea>> Writers { get; } = new(StringComparer.Ordinal)
    {
        ["write64"] = static area => area.Write64(0, 1),
        ["write64 unaligned"] = static area => area.Write64(3, 1),
        ["increment"] = static area => area.Increment32(0),
        ["increment unaligned"] = static area => area.Increment32(3),
        ["compare and exchange"] = static area => area.CompareExchange64(0, 1, 0),
        ["bytes"] = static area => area.Write(0, Many),
        ["text"] = static area => area.Write(0, "text"),
    };

    [Theory]
    [MemberData(nameof(Writes))]
    public void A_write_waits_for_whoever_is_in_the_lock(string what) => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        SharedArea other = scratch.Again(area);
        foreach (bool toWrite in (bool[])[false, true])
        {
            Task write;
            if (toWrite)
            {
                area.TryEnterWriteLock();
            }
            else
            {
                area.TryEnterReadLock();
            }

            long before = area.UpdateCount;
            write = Task.Factory.StartNew(() => Writers[what](other), TaskCreationOptions.LongRunning);
            Assert.False(write.Wait(Short));
            Assert.Equal(before, area.UpdateCount);
            if (toWrite)
            {
                area.ExitWriteLock();
            }
            else
            {
                area.ExitReadLock();
            }

            write.GetAwaiter().GetResult();
            Assert.Equal(before + 1 - (what[0] == 'c' && toWrite ? 1 : 0), area.UpdateCount);
        }
    });

    [Theory]
    [InlineData(0, 8)]
    [InlineData(3, 8)]
    [InlineData(0, 500)]
    public void A_read_waits_for_a_writer_in_the_lock_and_sees_all_or_nothing_of_it(long position, int length) => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        Task<byte> read;
        using (area.EnterWriteLock())
        {
            area.Write8(position, 1);
            read = Task.Factory.StartNew(
                () => length == 8 ? (byte)area.Read64(position) : area.Read(position, length)[0], TaskCreationOptions.LongRunning);
            Assert.False(read.Wait(Short));
            area.Write8(position, 2);
        }

        Assert.Equal(2, read.GetAwaiter().GetResult());
    });

    [Fact]
    public void A_wait_for_the_lock_ends_by_its_time_or_its_token() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        using (area.EnterWriteLock())
        {
            Scratch.OnAnotherThread(() =>
            {
                using var source = new CancellationTokenSource(Short);
                Assert.False(area.TryEnterReadLock(Short));
                Assert.False(area.TryEnterWriteLock(Short));
                Assert.ThrowsAny<OperationCanceledException>(() => area.EnterReadLock(source.Token));
                Assert.ThrowsAny<OperationCanceledException>(() => area.EnterWriteLock(source.Token));
                Assert.Throws<ArgumentOutOfRangeException>(() => area.TryEnterReadLock(TimeSpan.FromSeconds(-2)));
            });
        }

        area.Write64(0, 1);
        Assert.Equal(1, area.Read64(0));
    });

    [Fact]
    public void A_thread_in_the_lock_through_one_object_is_refused_by_another() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        SharedArea other = scratch.Again(area);
        using (area.EnterReadLock())
        {
            Assert.Throws<LockRecursionException>(() => other.EnterReadLock());
            Assert.Equal(0, other.Read64(0));
        }

        other.Write64(0, 1);
    });

    [Fact]
    public void Increments_beside_the_lock_lose_nothing_to_what_is_done_within() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        const int Rounds = 2000;
        var thread = new Thread(() =>
        {
            for (int i = 0; i < 20 * Rounds; i++)
            {
                area.Increment64(0);
            }
        });
        thread.Start();
        for (int i = 0; i < Rounds; i++)
        {
            using (area.EnterWriteLock())
            {
                long value = area.Read64(0);
                Thread.SpinWait(10);
                area.Write64(0, value + 1);
            }

            if (i % 4 == 0)
            {
                using (area.EnterReadLock())
                {
                    long value = area.Read64(0);
                    Thread.SpinWait(20);
                    Assert.Equal(value, area.Read64(0));
                }
            }
        }

        thread.Join();
        Assert.Equal(21 * Rounds, area.Read64(0));
    });
}
