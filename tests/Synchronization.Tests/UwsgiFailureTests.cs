namespace Multiprocessing.Tests;

/// <summary>What wedges the locks of uWSGI's sharedarea, step by step, and goes well here.</summary>
public sealed class UwsgiFailureTests : IDisposable
{
    private readonly SharedReaderWriterLock _rw = SharedReaderWriterLock.Create(recursive: true);

    public void Dispose()
    {
        _rw.Unlink();
        _rw.Dispose();
    }

    [Fact]
    public void A_nested_lock_is_not_released_by_the_inner_call() => Watchdog.Run(() =>
    {
        using (_rw.EnterWrite())
        {
            _rw.EnterWrite().Dispose();
            _rw.EnterRead().Dispose();
            using ChildProcess child = ChildProcess.Start("lock-wait", Exclusion.Writer, _rw.Name);
            Assert.Equal("waiting", child.ReadLine());
            Assert.Throws<TimeoutException>(() => child.ReadLine(TimeSpan.FromMilliseconds(300)));
            child.Kill();
        }

        _rw.EnterWrite().Dispose();
    });

    [Fact]
    public void Lock_read_write_unlock_over_and_over_in_four_processes_does_not_hang() => Watchdog.Run(() =>
    {
        // unbit/uwsgi#1455: wlock, read32, write32, unlock; from the second round on every process blocked for ever, and the counter stayed at 1.
        using SharedMemory counter = SharedMemory.Create(64);
        ChildProcess[] children = [.. Enumerable.Range(0, 4).Select(_ => ChildProcess.Start("lock-count", Exclusion.Writer, _rw.Name, counter.Name, "10000"))];
        Array.ForEach(children, child => Assert.Equal("ready", child.ReadLine()));
        Array.ForEach(children, child => child.WriteLine("go"));
        Array.ForEach(children, child => Assert.Equal(0, child.WaitForExit()));
        Array.ForEach(children, child => child.Dispose());
        Assert.Equal(40_000, counter.GetReference<long>(0));
        counter.Unlink();
    });

    [Fact]
    public void To_read_and_then_write_is_refused_and_does_not_block_for_ever() => Watchdog.Run(() =>
    {
        using (_rw.EnterRead())
        {
            Assert.Throws<LockRecursionException>(() => _rw.EnterWrite().Dispose());
        }

        _rw.EnterWrite().Dispose();
    });

    [Fact]
    public void A_stray_unlock_does_not_corrupt_the_lock() => Watchdog.Run(() =>
    {
        Assert.Throws<SynchronizationLockException>(_rw.ExitWrite);
        Assert.Throws<SynchronizationLockException>(_rw.ExitRead);
        using (_rw.EnterWrite())
        {
            Threads.Run(() => Assert.Throws<SynchronizationLockException>(_rw.ExitWrite));
            Threads.Run(() => Assert.False(_rw.TryEnterRead()));
        }

        Threads.Run(() => _rw.EnterWrite().Dispose());
    });

    [Fact]
    public void A_waiting_writer_that_is_killed_does_not_wedge_the_lock() => Watchdog.Run(() =>
    {
        for (int round = 0; round < 10; round++)
        {
            using (_rw.EnterRead())
            {
                using ChildProcess writer = ChildProcess.Start("lock-wait", Exclusion.Writer, _rw.Name);
                Assert.Equal("waiting", writer.ReadLine());
                Thread.Sleep(round * 5);
                writer.Kill();

                // Nor does what it announced keep other readers out.
                Threads.Run(() => _rw.EnterRead().Dispose());
            }

            using SharedReaderWriterLock.WriteScope scope = _rw.EnterWrite();
            Assert.False(scope.Abandoned);
        }
    });

    [Fact]
    public void A_dead_reader_is_noticed_though_another_came_and_went_after_it() => Watchdog.Run(() =>
    {
        // unbit/uwsgi#1202: the detector knew the last reader only.
        using (ChildProcess dead = ChildProcess.Start("lock-read", _rw.Name))
        using (ChildProcess other = ChildProcess.Start("lock-read", _rw.Name))
        {
            Assert.Equal("held", dead.ReadLine());
            Assert.Equal("held", other.ReadLine());
            dead.Kill();
            other.WriteLine("leave");
            Assert.Equal("left", other.ReadLine());
        }

        _rw.EnterWrite().Dispose();
    });

    [Fact]
    public void A_writer_that_is_killed_hands_the_lock_on() => Watchdog.Run(() =>
    {
        using (ChildProcess writer = ChildProcess.Start("lock-hold", Exclusion.Writer, _rw.Name))
        {
            Assert.Equal("held", writer.ReadLine());
            writer.Kill();
        }

        using SharedReaderWriterLock.WriteScope scope = _rw.EnterWrite();
        Assert.True(scope.Abandoned);
    });
}
