namespace Multiprocessing.Tests;

/// <summary>pyshm's own semantics, in all modes: capacity, order, bulk, burst, counts; and writing and reading in place.</summary>
public sealed class RingTests
{
    [Theory]
    [CombinatorialModes]
    public void It_is_first_in_first_out_over_many_laps(RingMode mode)
    {
        using var scratch = new Scratch();
        SharedRing<long> ring = scratch.Ring<long>(8, mode);
        SharedRing<long> other = scratch.Attach(ring);
        long next = 0;
        for (long i = 0; i < 1000; i++)
        {
            Assert.True(ring.TryEnqueue(i));
            if (i % 3 != 0)
            {
                continue;
            }

            while (other.TryDequeue(out long value))
            {
                Assert.Equal(next++, value);
            }
        }

        while (other.TryDequeue(out long value))
        {
            Assert.Equal(next++, value);
        }

        Assert.Equal(1000, next);
        Assert.Equal(0, ring.Count);
    }

    [Theory]
    [CombinatorialModes]
    public void It_holds_its_capacity_and_no_more(RingMode mode)
    {
        using var scratch = new Scratch();
        SharedRing<int> ring = scratch.Ring<int>(4, mode);
        Assert.Equal((4, 0, mode), (ring.Capacity, ring.Count, ring.Mode));
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(i, ring.Count);
            Assert.True(ring.TryEnqueue(i));
        }

        Assert.False(ring.TryEnqueue(4));
        Assert.Equal(4, ring.Count);
        Assert.True(ring.TryDequeue(out int first));
        Assert.Equal(0, first);
        Assert.True(ring.TryEnqueue(4));
        Assert.False(ring.TryEnqueue(5));
    }

    [Theory]
    [CombinatorialModes]
    public void A_bulk_is_all_or_nothing_and_a_burst_as_many_as_fit(RingMode mode)
    {
        using var scratch = new Scratch();
        SharedRing<int> ring = scratch.Ring<int>(8, mode);
        Assert.Equal(5, ring.EnqueueMany([0, 1, 2, 3, 4]));
        Assert.Equal(0, ring.EnqueueMany([9, 9, 9, 9]));
        Assert.Equal(5, ring.Count);
        Assert.Equal(3, ring.EnqueueMany([5, 6, 7, 8], RingBatch.AsManyAsFit));
        Assert.Equal(0, ring.EnqueueMany([8], RingBatch.AsManyAsFit));
        Assert.Equal(0, ring.EnqueueMany([]));

        int[] some = new int[3];
        Assert.Equal(3, ring.DequeueMany(some));
        Assert.Equal([0, 1, 2], some);
        int[] many = new int[6];
        Assert.Equal(0, ring.DequeueMany(many));
        Assert.Equal(5, ring.DequeueMany(many, RingBatch.AsManyAsFit));
        Assert.Equal([3, 4, 5, 6, 7, 0], many);
        Assert.Equal(0, ring.DequeueMany(many, RingBatch.AsManyAsFit));

        // Round the end, and longer than what is kept on the stack.
        SharedRing<int> long_ = scratch.Ring<int>(128, mode);
        int[] numbers = [.. Enumerable.Range(0, 100)];
        int[] back = new int[100];
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(100, long_.EnqueueMany(numbers));
            Assert.Equal(100, long_.DequeueMany(back));
            Assert.Equal(numbers, back);
        }
    }

    [Theory]
    [CombinatorialModes]
    public void A_place_is_written_in_place_and_is_a_message_when_it_is_committed(RingMode mode)
    {
        using var scratch = new Scratch();
        SharedRing<long> ring = scratch.Ring<long>(4, mode);
        Assert.True(ring.TryReserve(out RingReservation<long> place));
        place.Value = 7;
        Assert.False(ring.TryDequeue(out _));
        place.Commit();
        place.Dispose();
        Assert.True(ring.TryPeek(out RingMessage<long> message));
        Assert.Equal(7, message.Value);
        Assert.False(message.IsRedelivered);
        message.Advance();
        message.Dispose();
        Assert.False(ring.TryPeek(out _));
        Assert.Equal(0, ring.Count);
    }

    [Theory]
    [CombinatorialModes]
    public void A_place_that_is_given_up_is_skipped(RingMode mode)
    {
        using var scratch = new Scratch();
        SharedRing<int> ring = scratch.Ring<int>(2, mode);
        for (int i = 0; i < 10; i++)
        {
            Assert.True(ring.TryReserve(out RingReservation<int> place));
            place.Dispose();
            Assert.True(ring.TryEnqueue(i));
            Assert.True(ring.TryDequeue(out int value));
            Assert.Equal(i, value);
        }
    }

    [Theory]
    [CombinatorialModes]
    public void A_message_that_is_given_back_comes_again_and_says_so(RingMode mode)
    {
        using var scratch = new Scratch();
        SharedRing<int> ring = scratch.Ring<int>(4, mode);
        ring.EnqueueMany([1, 2, 3]);
        Assert.True(ring.TryPeek(out RingMessage<int> message));
        message.Dispose();
        Assert.True(ring.TryPeek(out message));
        Assert.Equal((1, mode != RingMode.Spsc), (message.Value, message.IsRedelivered));
        message.Advance();
        Assert.Equal(2, ring.Dequeue());
        Assert.Equal(3, ring.Dequeue());
        Assert.False(ring.TryDequeue(out _));
        Assert.True(ring.TryEnqueue(4));
        Assert.Equal(4, ring.Dequeue());
    }

    [Theory]
    [CombinatorialModes]
    public void What_is_done_twice_is_an_error_and_no_damage(RingMode mode)
    {
        using var scratch = new Scratch();
        SharedRing<int> ring = scratch.Ring<int>(4, mode);
        Assert.Throws<InvalidOperationException>(() => default(RingReservation<int>).Commit());
        Assert.Throws<InvalidOperationException>(() => default(RingMessage<int>).Advance());
        ring.TryReserve(out RingReservation<int> place);
        place.Value = 1;
        place.Commit();
        try
        {
            place.Commit();
            Assert.Fail("committed twice");
        }
        catch (InvalidOperationException)
        {
        }

        place.Dispose();
        Assert.Equal(1, ring.Count);
        ring.TryPeek(out RingMessage<int> message);
        message.Advance();
        try
        {
            message.Advance();
            Assert.Fail("advanced twice");
        }
        catch (InvalidOperationException)
        {
        }

        message.Dispose();
        Assert.Equal(0, ring.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(-8)]
    [InlineData(1L << 31)]
    public void A_capacity_that_is_no_power_of_two_is_refused_which_pyshm_takes_for_0_and_1(long capacity)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedRing<int>.Create(capacity));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedRing.Create(capacity));
    }

    [Fact]
    public void One_producer_and_one_consumer_are_one_each_and_a_second_is_refused()
    {
        using var scratch = new Scratch();
        SharedRing<int> ring = scratch.Ring<int>(4, RingMode.Spsc);
        SharedRing<int> other = scratch.Attach(ring);
        Assert.True(ring.TryEnqueue(1));
        Assert.Throws<InvalidOperationException>(() => other.TryEnqueue(2));
        Assert.True(other.TryDequeue(out _));
        Assert.Throws<InvalidOperationException>(() => ring.TryDequeue(out _));

        // A role is free again when its holder has closed the ring.
        SharedRing<int> third = scratch.Attach(ring);
        ring.Dispose();
        Assert.True(third.TryEnqueue(3));
        Assert.Equal(3, other.Dequeue());

        SharedRing<int> many = scratch.Ring<int>(4, RingMode.Mpsc);
        SharedRing<int> manyToo = scratch.Attach(many);
        Assert.True(many.TryEnqueue(1));
        Assert.True(manyToo.TryEnqueue(2));
        Assert.Equal(1, many.Dequeue());
        Assert.Throws<InvalidOperationException>(() => manyToo.TryDequeue(out _));
    }

    [Fact]
    public void What_is_no_ring_is_told_from_one()
    {
        using var scratch = new Scratch();
        SharedRing<int> ring = scratch.Ring<int>(4, RingMode.Mpmc);
        SharedMemoryPool pool = scratch.Pool(2, 8);
        SharedMemory block = scratch.Block(8192);
        Assert.Throws<FileNotFoundException>(() => SharedRing<int>.Attach("psm_there_is_none"));
        Assert.Contains("4 bytes, not of 8", Assert.Throws<InvalidDataException>(() => SharedRing<long>.Attach(ring.Name)).Message, StringComparison.Ordinal);
        Assert.Contains("but a ring", Assert.Throws<InvalidDataException>(() => SharedRing.Attach(ring.Name)).Message, StringComparison.Ordinal);
        Assert.Contains("but a pool", Assert.Throws<InvalidDataException>(() => SharedRing<int>.Attach(pool.Name)).Message, StringComparison.Ordinal);
        Assert.Contains("but a ring", Assert.Throws<InvalidDataException>(() => SharedMemoryPool.Attach(ring.Name)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => SharedRing<int>.Attach(block.Name));

        foreach ((int offset, int value) in new[] { (32, 9), (36, 5), (40, 1 << 20), (40, 3), (48, 2) })
        {
            int before = ring.Block.GetReference<int>(offset);
            ring.Block.GetReference<int>(offset) = value;
            Assert.Throws<InvalidDataException>(() => SharedRing<int>.Attach(ring.Name));
            ring.Block.GetReference<int>(offset) = before;
        }

        scratch.Attach(ring);
    }

    [Theory]
    [CombinatorialModes]
    public void After_Dispose_everything_says_so(RingMode mode)
    {
        using var scratch = new Scratch();
        SharedRing<int> ring = scratch.Ring<int>(4, mode);
        ring.TryEnqueue(1);
        ring.Dispose();
        ring.Dispose();
        Action[] uses =
        [
            () => ring.TryEnqueue(1), () => ring.TryDequeue(out _), () => ring.Enqueue(1), () => ring.Dequeue(), () => ring.EnqueueMany([1]),
            () => ring.DequeueMany(new int[1]), () => ring.TryReserve(out _), () => ring.TryPeek(out _), () => _ = ring.Count, () => ring.Recover(),
            () => _ = ring.HoleCount, () => _ = ring.RedeliveredCount, () => _ = ring.DroppedCount,
        ];
        Assert.All(uses, use => Assert.Throws<ObjectDisposedException>(use));
        Assert.Equal(1, scratch.Keep(SharedRing<int>.Attach(ring.Name)).Dequeue());
        ring.Unlink();
        Assert.Throws<FileNotFoundException>(() => SharedRing<int>.Attach(ring.Name));
    }

    [Fact]
    public void Many_handles_come_and_go_and_the_256th_at_once_is_refused()
    {
        using var scratch = new Scratch();
        SharedRing<int> ring = scratch.Ring<int>(4, RingMode.Mpmc);
        for (int i = 0; i < 1000; i++)
        {
            SharedRing<int>.Attach(ring.Name).Dispose();
        }

        var handles = new List<SharedRing<int>>();
        for (int i = 0; i < 254; i++)
        {
            handles.Add(SharedRing<int>.Attach(ring.Name));
        }

        Assert.Throws<InvalidOperationException>(() => SharedRing<int>.Attach(ring.Name));
        handles[0].Dispose();
        handles[0] = SharedRing<int>.Attach(ring.Name);
        handles.ForEach(static handle => handle.Dispose());
    }
}
