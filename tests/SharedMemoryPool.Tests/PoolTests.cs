using System.Buffers;

namespace Multiprocessing.Tests;

public sealed class PoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(5000)]
    public void Every_block_is_rented_once_and_then_none(int count)
    {
        using var scratch = new Scratch();
        SharedMemoryPool pool = scratch.Pool(count, 100);
        SharedMemoryPool other = scratch.Attach(pool);
        Assert.Equal((count, count, 0, 100), (pool.MaxCount, pool.FreeCount, pool.UsedCount, pool.BlockSize));
        var blocks = new HashSet<PoolBlock>();
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < count; i++)
            {
                SharedMemoryPool from = i % 2 == 0 ? pool : other;
                Assert.True(from.TryRent(out PoolBlock block));
                Assert.True(blocks.Add(block));
                Assert.Equal(0, from.AddressOf(block) % 64);
                from[block].Fill((byte)block.Index);
            }

            Assert.Equal(count, blocks.Select(static block => block.Index).Distinct().Count());
            Assert.False(pool.TryRent(out PoolBlock _));
            Assert.Equal(count, other.UsedCount);
            foreach (PoolBlock block in blocks)
            {
                SharedMemoryPool from = pool.IsMine(block) ? pool : other;
                Assert.Equal(100, from[block].Length);
                Assert.DoesNotContain(from[block].ToArray(), item => item != (byte)block.Index);
                from.Return(block);
            }

            blocks.Clear();
            Assert.Equal(count, pool.FreeCount);
        }
    }

    [Fact]
    public void A_double_put_is_an_error_where_pyshm_hands_the_block_out_twice()
    {
        using var scratch = new Scratch();
        SharedMemoryPool pool = scratch.Pool(2, 8);
        pool.TryRent(out PoolBlock block);
        pool.Return(block);
        Assert.Contains("returned already", Assert.Throws<InvalidOperationException>(() => pool.Return(block)).Message, StringComparison.Ordinal);
        Assert.Equal(2, pool.FreeCount);
        pool.TryRent(out PoolBlock a);
        pool.TryRent(out PoolBlock b);
        Assert.NotEqual(a.Index, b.Index);
    }

    [Fact]
    public void A_stale_generation_is_an_error()
    {
        using var scratch = new Scratch();
        SharedMemoryPool pool = scratch.Pool(1, 8);
        pool.TryRent(out PoolBlock old);
        pool.Return(old);
        pool.TryRent(out PoolBlock block);
        Assert.Equal(old.Index, block.Index);
        Assert.Contains("stale", Assert.Throws<InvalidOperationException>(() => pool.Return(old)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => _ = pool[old].Length);
        Assert.Throws<InvalidOperationException>(() => pool.Pass(old));
        Assert.False(pool.TryTake(old));
        pool[block][0] = 1;
    }

    [Fact]
    public void A_foreign_block_is_an_error_where_pyshm_takes_any_pointer()
    {
        using var scratch = new Scratch();
        SharedMemoryPool pool = scratch.Pool(4, 8);
        SharedMemoryPool stranger = scratch.Pool(4, 8);
        pool.TryRent(out PoolBlock _);
        stranger.TryRent(out PoolBlock block);
        Assert.Throws<ArgumentException>(() => pool.Return(block));
        Assert.Throws<ArgumentException>(() => pool.Return(default));
        Assert.Throws<ArgumentException>(() => _ = pool[block].Length);
        Assert.Throws<ArgumentException>(() => pool.TryTake(block));

        // Of the same pool, but somebody else's.
        SharedMemoryPool other = scratch.Attach(stranger);
        Assert.Contains("another handle", Assert.Throws<InvalidOperationException>(() => other.Return(block)).Message, StringComparison.Ordinal);
        stranger.Return(block);
    }

    [Fact]
    public void Its_memory_goes_back_when_it_is_disposed_and_is_dead_then()
    {
        using var scratch = new Scratch();
        SharedMemoryPool pool = scratch.Pool(2, 32);
        MemoryPool<byte> asOthersKnowIt = pool;
        IMemoryOwner<byte> owner = asOthersKnowIt.Rent();
        Memory<byte> memory = owner.Memory;
        Assert.Equal(32, memory.Length);
        memory.Span.Fill(1);
        using (MemoryHandle pin = memory[4..].Pin())
        {
            unsafe
            {
                Assert.Equal(1, *(byte*)pin.Pointer);
            }
        }

        Assert.Equal(1, pool.UsedCount);
        owner.Dispose();
        owner.Dispose();
        Assert.Equal(0, pool.UsedCount);
        Assert.Throws<ObjectDisposedException>(() => owner.Memory);
        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => asOthersKnowIt.Rent(33));
        Assert.True(pool.TryRent(out IMemoryOwner<byte>? a));
        Assert.True(pool.TryRent(out PoolBlock value));
        Assert.False(pool.TryRent(out IMemoryOwner<byte>? none));
        Assert.Null(none);
        a.Dispose();
        using (IMemoryOwner<byte> own = pool.Own(value))
        {
            own.Memory.Span[0] = 2;
        }

        Assert.Equal(2, pool.FreeCount);
    }

    [Fact]
    public void Who_waits_for_a_block_gets_the_next_one_that_is_returned() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedMemoryPool pool = scratch.Pool(1, 8);
        pool.TryRent(out PoolBlock block);
        Assert.False(pool.TryRent(out PoolBlock _, TimeSpan.FromMilliseconds(20)));
        using var cancelled = new CancellationTokenSource(20);
        Assert.ThrowsAny<OperationCanceledException>(() => pool.TryRent(out PoolBlock _, Timeout.InfiniteTimeSpan, cancelled.Token));
        SharedMemoryPool other = scratch.Attach(pool);
        Task<IMemoryOwner<byte>> waiting = other.RentAsync().AsTask();
        Thread.Sleep(50);
        Assert.False(waiting.IsCompleted);
        pool.Return(block);
        using IMemoryOwner<byte> owner = waiting.GetAwaiter().GetResult();
        Assert.Equal(8, owner.Memory.Length);
        Assert.Equal(0, pool.FreeCount);
    });

    [Fact]
    public void A_block_is_passed_through_a_ring_and_is_the_receivers_then()
    {
        using var scratch = new Scratch();
        SharedMemoryPool pool = scratch.Pool(3, 8);
        SharedMemoryPool receiver = scratch.Attach(pool);
        SharedRing<PoolBlock> ring = scratch.Ring<PoolBlock>(2, RingMode.Mpmc);
        SharedRing<PoolBlock> otherEnd = scratch.Attach(ring);
        for (int i = 0; i < 2; i++)
        {
            pool.TryRent(out PoolBlock sent);
            pool[sent][0] = (byte)i;
            Assert.True(pool.TrySend(ring, sent));
            Assert.Throws<InvalidOperationException>(() => pool.Return(sent));
        }

        pool.TryRent(out PoolBlock third);
        Assert.False(pool.TrySend(ring, third));
        pool[third][0] = 2;
        Assert.False(pool.TrySend(ring, third, TimeSpan.FromMilliseconds(5)));
        for (int i = 0; i < 2; i++)
        {
            Assert.True(receiver.TryReceive(otherEnd, out PoolBlock got));
            Assert.Equal(i, receiver[got][0]);
            Assert.Throws<InvalidOperationException>(() => pool.Take(got));
            receiver.Return(got);
        }

        Assert.False(receiver.TryReceive(otherEnd, out _));
        Assert.False(receiver.TryReceive(otherEnd, out _, TimeSpan.FromMilliseconds(5)));
        pool.Return(third);
        Assert.Equal(3, pool.FreeCount);
    }

    [Fact]
    public void Blocks_of_the_dead_come_back_and_those_on_their_way_arrive()
    {
        using var scratch = new Scratch();
        SharedMemoryPool dead = scratch.Pool(4, 8);
        SharedRing<PoolBlock> ring = scratch.Ring<PoolBlock>(4, RingMode.Mpmc);
        dead.TryRent(out PoolBlock rented);
        dead.TryRent(out PoolBlock inRing);
        dead.TryRent(out PoolBlock onlyPassed);
        dead[inRing][0] = 42;
        Assert.True(dead.TrySend(ring, inRing));
        dead.Pass(onlyPassed);
        Scratch.Die();

        SharedMemoryPool pool = scratch.Attach(dead);
        SharedRing<PoolBlock> otherEnd = scratch.Attach(ring);
        Assert.Equal(1, pool.FreeCount);
        Assert.True(pool.Recover());
        Assert.False(pool.Recover());
        Assert.Equal(2, pool.FreeCount);
        Assert.Equal(1, pool.ReclaimPassed(otherEnd));
        Assert.Equal(0, pool.ReclaimPassed(otherEnd));
        Assert.Equal(3, pool.FreeCount);
        Assert.True(pool.TryReceive(otherEnd, out PoolBlock got));
        Assert.Equal(inRing, got);
        Assert.Equal(42, pool[got][0]);
        pool.Return(got);
        Assert.Equal(4, pool.FreeCount);
        Assert.Throws<InvalidOperationException>(() => pool.Return(rented));
        Assert.False(pool.TryTake(onlyPassed));
    }

    [Fact]
    public void Who_waits_gets_the_block_of_a_dead_process() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedMemoryPool pool = scratch.Pool(3, 8);
        using ChildProcess child = ChildProcess.Start("pool-rent", pool.Name, "3");
        Assert.Equal("rented", child.ReadLine());
        Assert.False(pool.TryRent(out PoolBlock _, TimeSpan.FromMilliseconds(200)));
        child.Signal(Signals.Stop);
        Assert.False(pool.TryRent(out PoolBlock _, TimeSpan.FromMilliseconds(200)));
        child.Kill();
        Assert.True(pool.TryRent(out PoolBlock _, TimeSpan.FromSeconds(30)));
        Assert.Equal(2, pool.FreeCount);
    });

    [Fact]
    public void After_Dispose_everything_says_so_and_the_blocks_are_back()
    {
        using var scratch = new Scratch();
        SharedMemoryPool pool = scratch.Pool(2, 8);
        SharedMemoryPool other = scratch.Attach(pool);
        pool.TryRent(out PoolBlock block);
        IMemoryOwner<byte> owner = pool.Rent();
        pool.Dispose();
        pool.Dispose();
        Assert.Equal(2, other.FreeCount);
        owner.Dispose();
        Action[] uses =
        [
            () => pool.TryRent(out PoolBlock _), () => pool.Rent(), () => pool.Return(block), () => _ = pool[block].Length, () => _ = pool.UsedCount,
            () => _ = pool.FreeCount, () => pool.Pass(block), () => pool.TryTake(block), () => pool.Recover(), () => pool.ReclaimPassed(),
        ];
        Assert.All(uses, use => Assert.Throws<ObjectDisposedException>(use));
        pool.Unlink();
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(-1, 8)]
    [InlineData(8, 0)]
    [InlineData((1 << 30) + 1, 1)]
    public void What_cannot_be_a_pool_is_refused(int count, int size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedMemoryPool.Create(count, size));

    [Fact]
    public void Threads_and_handles_that_rent_and_return_never_share_a_block() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedMemoryPool pool = scratch.Pool(70, 8);
        SharedMemoryPool[] handles = [pool, scratch.Attach(pool), scratch.Attach(pool)];
        int wrong = 0;
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, worker =>
        {
            SharedMemoryPool own = handles[worker % 3];
            var random = new Random(worker);
            var held = new List<PoolBlock>();
            for (int i = 0; i < 200_000; i++)
            {
                if (held.Count < 15 && random.Next(2) == 0 && own.TryRent(out PoolBlock block))
                {
                    System.Runtime.InteropServices.MemoryMarshal.Write(own[block], worker);
                    held.Add(block);
                }
                else if (held.Count > 0)
                {
                    int at = random.Next(held.Count);
                    if (System.Runtime.InteropServices.MemoryMarshal.Read<int>(own[held[at]]) != worker)
                    {
                        Interlocked.Increment(ref wrong);
                    }

                    own.Return(held[at]);
                    held.RemoveAt(at);
                }
            }

            held.ForEach(own.Return);
        });
        Assert.Equal(0, wrong);
        Assert.Equal(70, pool.FreeCount);
        for (int i = 0; i < 70; i++)
        {
            Assert.True(pool.TryRent(out PoolBlock _));
        }
    });
}
