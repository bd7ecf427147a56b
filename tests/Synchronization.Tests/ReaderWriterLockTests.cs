namespace Multiprocessing.Tests;

public sealed class ReaderWriterLockTests : IDisposable
{
    private readonly SharedReaderWriterLock _rw = SharedReaderWriterLock.Create(readers: 4);

    public void Dispose()
    {
        _rw.Unlink();
        _rw.Dispose();
    }

    [Fact]
    public void Readers_are_in_together_and_a_writer_alone() => Watchdog.Run(() =>
    {
        Assert.False(_rw.IsReadHeldByCurrentThread || _rw.IsWriteHeldByCurrentThread);
        using (_rw.EnterRead())
        {
            Assert.True(_rw.IsReadHeldByCurrentThread);
            Assert.False(_rw.IsWriteHeldByCurrentThread);
            Threads.Run(() =>
            {
                using (_rw.EnterRead())
                {
                    Assert.True(_rw.IsReadHeldByCurrentThread);
                }

                Assert.False(_rw.TryEnterWrite());
            });
        }

        using (_rw.EnterWrite())
        {
            Assert.True(_rw.IsWriteHeldByCurrentThread);
            Threads.Run(() =>
            {
                Assert.False(_rw.TryEnterRead());
                Assert.False(_rw.TryEnterWrite());
                Assert.False(_rw.TryEnterRead(TimeSpan.FromMilliseconds(20)));
                Assert.False(_rw.TryEnterWrite(TimeSpan.FromMilliseconds(20)));
            });
        }

        Threads.Run(() => _rw.EnterRead().Dispose());
    });

    [Fact]
    public void More_readers_than_can_read_wait_for_one_to_leave() => Watchdog.Run(() =>
    {
        using var leave = new ManualResetEventSlim();
        using var inside = new CountdownEvent(4);
        Action[] ends = [.. Enumerable.Range(0, 4).Select(_ => Threads.Start(() =>
        {
            using (_rw.EnterRead())
            {
                inside.Signal();
                leave.Wait();
            }
        }))];
        inside.Wait();
        Assert.False(_rw.TryEnterRead());
        Assert.False(_rw.TryEnterRead(TimeSpan.FromMilliseconds(20)));
        Action fifth = Threads.Start(() => _rw.EnterRead().Dispose());
        leave.Set();
        fifth();
        Array.ForEach(ends, end => end());
    });

    [Fact]
    public void A_writer_that_waits_comes_before_readers_that_come_later() => Watchdog.Run(() =>
    {
        // Two readers relay the lock between them for ever: only a lock that lets a waiting writer come first ever lets it in.
        using var stop = new CancellationTokenSource();
        using var passed = new ManualResetEventSlim();
        Action[] readers = [.. Enumerable.Range(0, 2).Select(_ => Threads.Start(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                using (_rw.EnterRead())
                {
                    Thread.Sleep(2);
                }
            }
        }))];
        Action writer = Threads.Start(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                _rw.EnterWrite().Dispose();
            }

            passed.Set();
        });
        passed.Wait();
        stop.Cancel();
        writer();
        Array.ForEach(readers, reader => reader());
    });

    [Fact]
    public void An_upgrade_is_refused_and_the_reader_still_reads() => Watchdog.Run(() =>
    {
        using (_rw.EnterRead())
        {
            LockRecursionException refused = Assert.Throws<LockRecursionException>(() => _rw.TryEnterWrite(TimeSpan.FromSeconds(1)));
            Assert.Contains("wait for itself", refused.Message, StringComparison.Ordinal);
            Assert.True(_rw.IsReadHeldByCurrentThread);
            Threads.Run(() => Assert.False(_rw.TryEnterWrite()));
        }

        _rw.EnterWrite().Dispose();
    });

    [Fact]
    public void An_upgrade_is_refused_while_a_writer_waits_and_by_another_attach_too() => Watchdog.Run(() =>
    {
        using SharedReaderWriterLock other = SharedReaderWriterLock.Attach(_rw.Name);
        Action writer;
        using (_rw.EnterRead())
        {
            writer = Threads.Start(() => _rw.EnterWrite().Dispose());
            Thread.Sleep(30);
            Assert.Throws<LockRecursionException>(() => _rw.TryEnterWrite());
            Assert.Throws<LockRecursionException>(() => other.TryEnterWrite());
            Assert.Throws<LockRecursionException>(() => other.TryEnterRead());
        }

        writer();
    });

    [Fact]
    public void Re_entry_is_refused_and_leaving_what_is_not_held_too() => Watchdog.Run(() =>
    {
        Assert.Throws<SynchronizationLockException>(_rw.ExitRead);
        Assert.Throws<SynchronizationLockException>(_rw.ExitWrite);
        using (_rw.EnterRead())
        {
            Assert.Throws<LockRecursionException>(() => _rw.TryEnterRead());
            Assert.Throws<SynchronizationLockException>(_rw.ExitWrite);
            Threads.Run(() => Assert.Throws<SynchronizationLockException>(_rw.ExitRead));
        }

        using (_rw.EnterWrite())
        {
            Assert.Throws<LockRecursionException>(() => _rw.TryEnterRead());
            Assert.Throws<LockRecursionException>(() => _rw.TryEnterWrite());
            Assert.Throws<SynchronizationLockException>(_rw.ExitRead);
        }

        _rw.EnterWrite().Dispose();
    });

    [Fact]
    public void A_recursive_one_is_entered_again_to_read_and_within_ones_own_writing() => Watchdog.Run(() =>
    {
        using SharedReaderWriterLock rw = SharedReaderWriterLock.Create(recursive: true);
        rw.Unlink();
        using (rw.EnterRead())
        {
            using (rw.EnterRead())
            {
            }

            Threads.Run(() => Assert.False(rw.TryEnterWrite()));
        }

        using (rw.EnterWrite())
        {
            using (rw.EnterWrite())
            {
            }

            using (rw.EnterRead())
            {
                Assert.Throws<SynchronizationLockException>(rw.ExitWrite);
            }

            Threads.Run(() => Assert.False(rw.TryEnterRead()));
        }

        Threads.Run(() => rw.EnterWrite().Dispose());
    });

    [Fact]
    public void A_writers_death_is_told_to_readers_until_the_next_writer_has_been_told() => Watchdog.Run(() =>
    {
        using (ChildProcess child = ChildProcess.Start("lock-hold", Exclusion.Writer, _rw.Name))
        {
            Assert.Equal("held", child.ReadLine());
            child.Kill();
        }

        for (int i = 0; i < 2; i++)
        {
            using SharedReaderWriterLock.ReadScope reading = _rw.EnterRead();
            Assert.True(reading.Abandoned);
        }

        using (SharedReaderWriterLock.WriteScope writing = _rw.EnterWrite())
        {
            Assert.True(writing.Abandoned);
        }

        using (SharedReaderWriterLock.ReadScope reading = _rw.EnterRead())
        {
            Assert.False(reading.Abandoned);
        }

        using (SharedReaderWriterLock.WriteScope writing = _rw.EnterWrite())
        {
            Assert.False(writing.Abandoned);
        }
    });

    [Fact]
    public void A_readers_death_blocks_nobody_and_is_nobodys_concern() => Watchdog.Run(() =>
    {
        using (ChildProcess child = ChildProcess.Start("lock-read", _rw.Name))
        {
            Assert.Equal("held", child.ReadLine());
            Assert.False(_rw.TryEnterWrite());
            Action writer = Threads.Start(() =>
            {
                using SharedReaderWriterLock.WriteScope writing = _rw.EnterWrite();
                Assert.False(writing.Abandoned);
            });
            Thread.Sleep(20);
            child.Kill();
            writer();
        }
    });

    [Fact]
    public void A_wait_can_be_cancelled_and_leaves_no_trace() => Watchdog.Run(() =>
    {
        using (_rw.EnterRead())
        {
            Threads.Run(() =>
            {
                using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
                Assert.ThrowsAny<OperationCanceledException>(() => _rw.TryEnterWrite(TimeSpan.FromMinutes(5), soon.Token));
            });
            Threads.Run(() => _rw.EnterRead().Dispose());
        }

        using (_rw.EnterWrite())
        {
            Threads.Run(() =>
            {
                using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
                Assert.ThrowsAny<OperationCanceledException>(() => _rw.TryEnterRead(TimeSpan.FromMinutes(5), soon.Token));
            });
        }

        _rw.EnterWrite().Dispose();
    });

    [Fact]
    public void After_dispose_it_throws_and_a_thread_that_is_in_can_leave() => Watchdog.Run(() =>
    {
        SharedReaderWriterLock rw = SharedReaderWriterLock.Create();
        rw.Unlink();
        Assert.True(rw.TryEnterRead());
        rw.Dispose();
        Assert.Throws<ObjectDisposedException>(() => rw.TryEnterRead());
        Assert.Throws<ObjectDisposedException>(() => rw.TryEnterWrite());
        rw.ExitRead();
        Assert.Throws<SynchronizationLockException>(rw.ExitRead);
    });

    [Fact]
    public void The_number_of_readers_is_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedReaderWriterLock.Create(readers: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedReaderWriterLock.Create(readers: SharedReaderWriterLock.MostReaders + 1));
        using SharedReaderWriterLock most = SharedReaderWriterLock.Create(readers: SharedReaderWriterLock.MostReaders);
        most.Unlink();
        Assert.Equal(SharedReaderWriterLock.MostReaders, most.Readers);
        most.EnterWrite().Dispose();
    }
}
