namespace Multiprocessing.Tests;

/// <summary>What was seen to fail in uWSGI, by its number there where it has one.</summary>
public sealed class UwsgiFailureTests
{
    [Fact]
    public void Issue_1455_a_counter_kept_by_hand_within_the_lock_is_exact_and_hangs_nobody() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        const int Threads = 4, Rounds = 500;
        Thread[] threads =
        [
            .. Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
            {
                using SharedArea own = SharedArea.Attach(area.Name);
                for (int i = 0; i < Rounds; i++)
                {
                    using (own.EnterWriteLock())
                    {
                        int value = own.Read32(0);
                        own.Write32(0, value + 1);
                    }
                }
            })),
        ];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());

        Assert.Equal(Threads * Rounds, area.Read32(0));
    });

    [Fact]
    public void A_write_within_ones_own_write_lock_keeps_the_lock() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        using (area.EnterWriteLock())
        {
            area.Write(0, "large enough to take the other way");
            area.Write64(0, 5);
            area.Read(0, 100);
            Scratch.OnAnotherThread(() => Assert.False(area.TryEnterWriteLock()));
            Scratch.OnAnotherThread(() => Assert.False(area.TryEnterReadLock()));
        }

        Scratch.OnAnotherThread(() =>
        {
            Assert.True(area.TryEnterWriteLock());
            area.ExitWriteLock();
        });
    });

    [Fact]
    public void A_write_within_ones_own_read_lock_is_refused_and_does_not_wait_for_itself() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        using (area.EnterReadLock())
        {
            Action[] writes =
            [
                () => area.Write64(0, 1), () => area.Write64(1, 1), () => area.Write(0, "text"), () => area.Increment32(0), () => area.Increment32(1),
                () => area.CompareExchange64(0, 1, 0), () => area.EnterWriteLock(),
            ];
            Assert.All(writes, static write => Assert.Throws<LockRecursionException>(write));
        }

        Assert.Equal((0L, 0L), (area.Read64(0), area.UpdateCount));
        area.Write64(0, 1);
    });

    [Fact]
    public void Issue_1202_a_reader_that_is_killed_in_the_lock_while_others_read_stops_nobody() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        ChildProcess reader = scratch.Child("area-hold", area.Name, "read");
        Assert.Equal("held", reader.ReadLine());
        using (area.EnterReadLock())
        {
        }

        Assert.False(area.TryEnterWriteLock());
        reader.Kill();

        area.Increment64(0);
        using (area.EnterWriteLock())
        {
            area.Write64(8, 1);
        }

        Assert.Equal((1L, 1L), (area.Read64(0), area.Read64(8)));
    });

    [Fact]
    public void A_writer_that_is_killed_in_the_lock_hands_it_on_and_the_next_one_is_told() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        ChildProcess writer = scratch.Child("area-hold", area.Name, "write");
        Assert.Equal("held", writer.ReadLine());
        Assert.False(area.TryEnterReadLock());
        writer.Kill();

        Assert.Equal(1, area.Read64(0));
        using (SharedArea.WriteScope scope = area.EnterWriteLock())
        {
            Assert.True(scope.Abandoned);
        }

        using (SharedArea.WriteScope scope = area.EnterWriteLock())
        {
            Assert.False(scope.Abandoned);
        }
    });

    [Fact]
    public void A_waiting_writer_that_is_killed_stops_nobody() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        using (area.EnterReadLock())
        {
            ChildProcess writer = scratch.Child("area-say", area.Name);
            Assert.Equal("ready", writer.ReadLine());
            writer.WriteLine("write 0 1");
            Thread.Sleep(100);
            writer.Kill();
        }

        area.Write64(0, 2);
        Assert.Equal(2, area.Read64(0));
        using (area.EnterWriteLock())
        {
        }
    });

    [Fact]
    public void A_stray_unlock_is_refused_and_changes_nothing() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        Assert.Throws<SynchronizationLockException>(area.ExitWriteLock);
        Assert.Throws<SynchronizationLockException>(area.ExitReadLock);
        using (area.EnterReadLock())
        {
            Assert.Throws<SynchronizationLockException>(area.ExitWriteLock);
            Scratch.OnAnotherThread(() => Assert.Throws<SynchronizationLockException>(area.ExitReadLock));
            Scratch.OnAnotherThread(() => Assert.False(area.TryEnterWriteLock()));
        }

        using (area.EnterWriteLock())
        {
            Assert.Throws<SynchronizationLockException>(area.ExitReadLock);
            Scratch.OnAnotherThread(() => Assert.False(area.TryEnterReadLock()));
        }

        area.Increment64(0);
    });

    [Fact]
    public void Issue_837_wait_is_there_and_tells_an_update_from_a_time_out() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        Assert.False(area.Wait(0, TimeSpan.FromMilliseconds(20)));
        ChildProcess child = scratch.Child("area-say", area.Name);
        Assert.Equal("ready", child.ReadLine());
        Task<bool> wait = area.WaitAsync(0, TimeSpan.FromSeconds(30));
        child.WriteLine("write 8 7");
        Assert.True(wait.GetAwaiter().GetResult());
        Assert.Equal(7, area.Read64(8));
    });

    [Fact]
    public void An_update_between_the_last_look_and_the_wait_is_not_missed() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        long seen = area.UpdateCount;
        area.Write8(0, 1);
        Assert.True(area.Wait(seen, TimeSpan.Zero));
        area.Wait(seen);
    });

    [Fact]
    public void A_negative_id_length_or_position_is_refused()
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        using var areas = new SharedAreas();
        Assert.Throws<ArgumentOutOfRangeException>(() => areas[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => area.Read(10, -5));
        Assert.Throws<ArgumentOutOfRangeException>(() => area.Read(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => area.Read(long.MinValue, long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => area.Read(long.MaxValue, long.MaxValue));
    }

    [Fact]
    public void Inc64_and_dec64_four_bytes_before_the_end_are_refused()
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        Assert.Throws<ArgumentOutOfRangeException>(() => area.Increment64(area.Size - 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => area.Decrement64(area.Size - 4));
        area.Increment64(area.Size - 8);
    }

    [Fact]
    public void Write16_changes_two_bytes_and_no_more()
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area();
        area.Write(0, [9, 9, 9, 9, 9]);
        area.Write16(1, ushort.MaxValue);
        Assert.Equal([9, 255, 255, 9, 9], area.Read(0, 5));
        area.Write16(2, (ushort)0);
        Assert.Equal([9, 255, 0, 0, 9], area.Read(0, 5));
    }

    [Fact]
    public void A_pointer_is_honoured() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        using var memory = SharedMemory.Create(100, options: new SharedMemoryOptions { Backing = SharedMemoryBacking.Anonymous });
        SharedArea area = scratch.Area(new SharedAreaOptions { Pointer = memory.Address + 1, Size = 99 });
        area.Write(0, "here");
        area.Increment64(10);
        Assert.Equal("here"u8, memory.Span[1..5]);
        Assert.Equal(1, memory.Span[11]);

        using SharedArea second = SharedArea.Attach(area.Name, memory.Address + 1);
        Assert.Equal((2L, 2L, 99L), (second.Increment64(10), second.UpdateCount - 1, second.Size));
        Assert.Throws<InvalidOperationException>(() => SharedArea.Attach(area.Name));
    });
}
