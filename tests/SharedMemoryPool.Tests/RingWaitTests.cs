namespace Multiprocessing.Tests;

public sealed class RingWaitTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    [Theory]
    [CombinatorialModes]
    public void A_wait_ends_by_its_time_its_token_or_what_it_waits_for(RingMode mode) => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedRing<int> ring = scratch.Ring<int>(2, mode);
        SharedRing<int> other = scratch.Attach(ring);
        using var cancelled = new CancellationTokenSource(Short);
        Assert.False(other.TryDequeue(out _, Short));
        Assert.ThrowsAny<OperationCanceledException>(() => other.Dequeue(cancelled.Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => other.TryDequeue(out _, TimeSpan.FromSeconds(-2)));
        Task<int> reading = other.DequeueAsync().AsTask();
        Thread.Sleep(Short);
        ring.Enqueue(7);
        Assert.Equal(7, reading.GetAwaiter().GetResult());

        ring.EnqueueMany([1, 2]);
        Assert.False(ring.TryEnqueue(3, Short));
        Assert.ThrowsAny<OperationCanceledException>(() => ring.Enqueue(3, cancelled.Token));
        Task writing = ring.EnqueueAsync(3).AsTask();
        Thread.Sleep(Short);
        Assert.Equal(1, other.Dequeue());
        writing.GetAwaiter().GetResult();
        Assert.Equal(2, other.Dequeue());
        Assert.Equal(3, other.Dequeue());
    });

    [Fact]
    public async Task A_reader_enumerates_until_it_is_cancelled()
    {
        using var scratch = new Scratch();
        SharedRing<int> ring = scratch.Ring<int>(4, RingMode.Mpmc);
        SharedRing messages = scratch.Messages(1024, RingMode.Mpmc);
        ring.EnqueueMany([1, 2, 3]);
        messages.EnqueueMany([new byte[1], new byte[2]]);
        using var stop = new CancellationTokenSource();
        await Watchdog.RunAsync(async () =>
        {
            int next = 1;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                await foreach (int value in ring.ReadAllAsync(stop.Token))
                {
                    Assert.Equal(next++, value);
                    if (next == 4)
                    {
                        stop.CancelAfter(Short);
                    }
                }
            });
            Assert.Equal(4, next);
            Assert.Single(await messages.DequeueAsync());
            Assert.Equal(2, messages.Dequeue().Length);
        });
    }

    [Fact]
    public void Two_processes_answer_each_other_asleep_or_awake() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedRing<long> forth = scratch.Ring<long>(4, RingMode.Spsc);
        SharedRing<long> back = scratch.Ring<long>(4, RingMode.Spsc);
        using ChildProcess child = ChildProcess.Start("ring-echo", forth.Name, back.Name);
        Assert.Equal("ready", child.ReadLine());
        for (long i = 0; i < 2000; i++)
        {
            forth.Enqueue(i);
            Assert.Equal(i, back.Dequeue());
            if (i % 100 == 0)
            {
                Thread.Sleep(2);
            }
        }

        forth.Enqueue(-1);
        Assert.Equal(0, child.WaitForExit());
    });

    [Fact]
    public void What_is_called_often_allocates_nothing()
    {
        using var scratch = new Scratch();
        SharedMemoryPool pool = scratch.Pool(4, 64);
        SharedRing<PoolBlock> blocks = scratch.Ring<PoolBlock>(4, RingMode.Mpmc);
        SharedRing messages = scratch.Messages(1024, RingMode.Mpmc);
        byte[] bytes = new byte[100];
        var uses = new List<(string What, Action Use)>
        {
            ("pool", () =>
            {
                pool.TryRent(out PoolBlock block);
                pool[block][0] = 1;
                pool.TrySend(blocks, block);
                pool.TryReceive(blocks, out block);
                pool.Return(block);
            }),
            ("messages", () =>
            {
                messages.TryEnqueue(bytes);
                messages.TryDequeue(bytes, out _);
                messages.TryDequeue(bytes, out _);
            }),
            ("messages in place", () =>
            {
                messages.TryReserve(10, out RingReservation place);
                place.Commit();
                messages.TryPeek(out RingMessage message);
                message.Advance();
            }),
        };
        foreach (RingMode mode in Enum.GetValues<RingMode>())
        {
            SharedRing<long> ring = scratch.Ring<long>(64, mode);
            long[] batch = new long[32];
            uses.Add(($"{mode}", () =>
            {
                ring.TryEnqueue(1);
                ring.TryDequeue(out _);
                ring.TryDequeue(out _);
                ring.Enqueue(2);
                ring.Dequeue();
                ring.EnqueueMany(batch);
                ring.DequeueMany(batch);
                ring.TryReserve(out RingReservation<long> place);
                place.Commit();
                ring.TryPeek(out RingMessage<long> message);
                message.Advance();
                _ = ring.Count;
            }
            ));
        }

        // Fewer than the tries after which it looks for the dead.
        Assert.All(uses, use => Assert.Equal((use.What, 0L), (use.What, Allocations.By(use.Use, times: 50))));
    }

    [Fact]
    public void The_layout_is_that_of_the_protocol()
    {
        (string Field, int Offset)[] ring =
        [
            ("Mode", 32), ("ItemSize", 36), ("Capacity", 40), ("OnDeath", 48), ("LightFences", 52), ("Tail", 128), ("SeenHead", 136), ("Producer", 144), ("TailLock", 148),
            ("Head", 256), ("SeenTail", 264), ("Claim", 272), ("Consumer", 280), ("HeadLock", 284), ("Returns", 288), ("ReturnsSeen", 292), ("Take", 296), ("Items", 384),
            ("Room", 512), ("Holes", 640), ("Redelivered", 648), ("Dropped", 656), ("LastCheck", 664),
        ];
        Assert.All(ring, field => Assert.Equal(field.Offset, (int)System.Runtime.InteropServices.Marshal.OffsetOf<RingHeader>(field.Field)));
        (string Field, int Offset)[] pool = [("Id", 32), ("BlockCount", 40), ("BlockSize", 44), ("Stride", 48), ("LastCheck", 64), ("Free", 128)];
        Assert.All(pool, field => Assert.Equal(field.Offset, (int)System.Runtime.InteropServices.Marshal.OffsetOf<PoolHeader>(field.Field)));
        Assert.Equal(
            (4864, 4352, 16, 16, 16, 4080),
            (RingHeader.ByteSize, PoolHeader.ByteSize, RecordHeader.ByteSize, Gate.ByteSize, System.Runtime.CompilerServices.Unsafe.SizeOf<PoolBlock>(), Participants.ByteSize));

        using var scratch = new Scratch();
        SharedRing<int> values = scratch.Ring<int>(4, RingMode.Mpmc);
        values.TryEnqueue(0x11223344);
        Assert.Equal("MPSHARED"u8, values.Block.ReadOnlySpan[..8]);
        Assert.Equal("ring\0\0\0\0"u8, values.Block.ReadOnlySpan[16..24]);
        Assert.Equal((2L, 0x11223344), (values.Block.GetReference<long>(4864), values.Block.GetReference<int>(4872)));
        Assert.Equal(4864 + (4 * 16), values.Block.Size);
    }

    /// <summary>
    /// Each sleep is at most a millisecond long here. When it had a deadline of its own, which may pass before it begins, a wait without end came to one, and what was to be added was not.
    /// </summary>
    [Fact]
    public unsafe void A_wait_without_end_has_none_however_late_its_thread_comes_to_sleep() => Watchdog.Run(() =>
    {
        var gate = default(Gate);
        var wait = new GateWait(&gate, static () => { }, polls: true, Timeout.InfiniteTimeSpan, CancellationToken.None);
        long end = Environment.TickCount64 + 2000;
        while (Environment.TickCount64 < end)
        {
            Assert.True(wait.Next());
        }
    });
}
