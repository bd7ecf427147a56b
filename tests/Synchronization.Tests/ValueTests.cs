using System.Runtime.InteropServices;
using System.Text;

namespace Multiprocessing.Tests;

/// <summary>One value with its lock.</summary>
public sealed class ValueTests
{
    [Fact]
    public void It_is_read_and_set_here_and_by_who_attaches()
    {
        using SharedValue<double> value = SharedValue<double>.Create(1.5);
        using SharedValue<double> other = SharedValue<double>.Attach(value.Name);
        value.Unlink();
        Assert.Equal((1.5, 1.5, 1.5), (value.Value, other.Value, other.Peek()));
        other.Value = 2.5;
        Assert.Equal((2.5, 2.5), (value.Value, value.Peek()));
        Assert.Equal(5, value.Update(number => number * 2));
        Assert.Equal(8, other.Update(3.0, static (number, more) => number + more));
        Assert.Equal(8, value.Value);
    }

    [Fact]
    public void What_an_update_throws_comes_through_and_nothing_has_changed()
    {
        using SharedValue<int> value = Unlinked(7);
        Assert.Throws<FormatException>(() => value.Update(_ => throw new FormatException()));
        Assert.Equal(7, value.Value);
        Assert.False(value.Lock.IsHeldByCurrentThread);
        Assert.Throws<ArgumentNullException>(() => value.Update(null!));
    }

    [Fact]
    public void Who_holds_the_lock_reads_and_sets_and_others_wait_or_peek() => Watchdog.Run(() =>
    {
        using SharedValue<long> value = Unlinked(1L);
        using var held = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        Action holder = Threads.Start(() =>
        {
            using SharedValue<long>.Scope scope = value.EnterLock();
            value.Value = 2;
            value.Update(number => number + 1);
            held.Set();
            leave.Wait();
            value.Value = 10;
        });
        held.Wait();
        Assert.Equal(3, value.Peek());
        using (var soon = new CancellationTokenSource(50))
        {
            Assert.Throws<OperationCanceledException>(() => value.EnterLock(soon.Token));
        }

        Task<long> reader = Task.Run(() => value.Value);
        Assert.False(reader.Wait(50));
        leave.Set();
        holder();
        Assert.Equal(10, reader.Result);
    });

    [Fact]
    public void A_large_value_is_never_seen_in_part_by_who_peeks() => Watchdog.Run(() =>
    {
        using SharedValue<Large> value = Unlinked(default(Large));
        using SharedValue<Large> other = SharedValue<Large>.Attach(value.Block, 0);
        bool stop = false;
        long seen = 0;
        Action[] readers =
        [
            .. Enumerable.Range(0, 2).Select(_ => Threads.Start(() =>
            {
                while (!Volatile.Read(ref stop))
                {
                    Large large = other.Peek();
                    ReadOnlySpan<long> numbers = MemoryMarshal.CreateReadOnlySpan(ref large.First, Large.Count);
                    Assert.Equal(-1, numbers.IndexOfAnyExcept(numbers[0]));
                    Interlocked.Increment(ref seen);
                }
            })),
        ];
        for (long i = 1; i <= 20_000 || Interlocked.Read(ref seen) < 1000; i++)
        {
            value.Update(i, static (large, i) =>
            {
                MemoryMarshal.CreateSpan(ref large.First, Large.Count).Fill(i);
                return large;
            });
        }

        Volatile.Write(ref stop, true);
        Array.ForEach(readers, reader => reader());
    });

    [Fact]
    public void A_process_that_is_killed_in_the_midst_of_its_updates_leaves_a_whole_value() => Watchdog.Run(() =>
    {
        using SharedValue<Large> value = SharedValue<Large>.Create();
        var random = new Random(20261121);
        for (int round = 0; round < 10; round++)
        {
            using ChildProcess child = ChildProcess.Start("value-fill", value.Name);
            Assert.Equal("filling", child.ReadLine());
            Thread.Sleep(random.Next(20));
            child.Kill();
            Large large = value.Value;
            ReadOnlySpan<long> numbers = MemoryMarshal.CreateReadOnlySpan(ref large.First, Large.Count);
            Assert.NotEqual(0, numbers[0]);
            Assert.Equal(-1, numbers.IndexOfAnyExcept(numbers[0]));
        }

        value.Unlink();
    });

    [Fact]
    public void What_stands_where()
    {
        using SharedValue<int> value = Unlinked(77);
        SharedMemory block = value.Block;
        Assert.Equal("MPSHARED", Encoding.ASCII.GetString(block.Span[..8]));
        Assert.Equal("value", Encoding.ASCII.GetString(block.Span[16..24]).TrimEnd('\0'));
        Assert.Equal((320, 320, 320), (SharedValue<int>.ByteSize, block.Size, block.GetReference<long>(24)));
        Assert.Equal((4, 0, 0L), (block.GetReference<int>(32), block.GetReference<int>(36), block.GetReference<long>(40)));
        Assert.Equal("mutex", Encoding.ASCII.GetString(block.Span[80..88]).TrimEnd('\0'));
        Assert.Equal((77, 0), (block.GetReference<int>(192), block.GetReference<int>(256)));
        value.Value = 78;
        Assert.Equal((77, 78, 1L), (block.GetReference<int>(192), block.GetReference<int>(256), block.GetReference<long>(40)));
        value.Value = 79;
        Assert.Equal((79, 78, 2L), (block.GetReference<int>(192), block.GetReference<int>(256), block.GetReference<long>(40)));
        Assert.Equal(192 + (2 * 4032), SharedValue<Large>.ByteSize);
    }

    [Fact]
    public void It_lies_within_a_block_and_is_refused_where_it_is_not()
    {
        using SharedMemory block = SharedMemory.Create(1024);
        block.Unlink();
        using (SharedValue<int> value = SharedValue<int>.Create(block, 64, 5))
        {
            Assert.Throws<InvalidOperationException>(() => value.Unlink());
            using SharedValue<int> other = SharedValue<int>.Attach(block, 64);
            Assert.Equal(5, other.Value);
        }

        Assert.Throws<InvalidDataException>(() => SharedValue<long>.Attach(block, 64));
        Assert.Throws<InvalidDataException>(() => SharedValue<int>.Attach(block, 512));
        Assert.Throws<InvalidOperationException>(() => SharedValue<int>.Create(block, 64));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedValue<int>.Create(block, 960));
        Assert.Throws<ArgumentException>(() => SharedValue<int>.Create(block, 63));

        // A size in the header that the block does not have.
        block.GetReference<int>(64 + 32) = 1 << 20;
        Assert.Throws<InvalidDataException>(() => SharedValue<int>.Attach(block, 64));
        using SharedMutex mutex = SharedMutex.Create();
        Assert.Contains("mutex", Assert.Throws<InvalidDataException>(() => SharedValue<int>.Attach(mutex.Name)).Message, StringComparison.Ordinal);
        mutex.Unlink();
    }

    [Fact]
    public void After_dispose_every_use_is_an_exception()
    {
        SharedValue<int> value = Unlinked(1);
        value.Dispose();
        value.Dispose();
        Assert.Throws<ObjectDisposedException>(() => value.Value);
        Assert.Throws<ObjectDisposedException>(() => value.Value = 2);
        Assert.Throws<ObjectDisposedException>(() => value.Peek());
        Assert.Throws<ObjectDisposedException>(() => value.Update(number => number));
        Assert.Throws<ObjectDisposedException>(() => value.EnterLock());
    }

    [Fact]
    public void Reading_setting_and_updating_allocate_nothing()
    {
        using SharedValue<Large> value = Unlinked(default(Large));
        long before = 0;
        for (int i = 0; i < 200; i++)
        {
            before = i == 100 ? GC.GetAllocatedBytesForCurrentThread() : before;
            value.Value = value.Peek();
            Large read = value.Value;
            value.Update(read, static (_, large) => large);
            value.EnterLock().Dispose();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static SharedValue<T> Unlinked<T>(T first)
        where T : unmanaged
    {
        SharedValue<T> value = SharedValue<T>.Create(first);
        value.Unlink();
        return value;
    }
}
