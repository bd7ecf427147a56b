namespace Multiprocessing.Tests;

/// <summary>Where primitives can lie, and what an attach to anything else says.</summary>
public sealed class PlacementTests : IDisposable
{
    private readonly SharedMemory _block = SharedMemory.Create(8192);

    /// <summary>Each kind: made at an offset, attached at an offset, attached by name.</summary>
    private static readonly (string Kind, Func<SharedMemory, long, SharedPrimitive> Create, Func<SharedMemory, long, SharedPrimitive> Attach, Func<string, SharedPrimitive> ByName)[] Kinds =
    [
        ("mutex", (b, o) => SharedMutex.Create(b, o), SharedMutex.Attach, SharedMutex.Attach),
        ("rwlock", (b, o) => SharedReaderWriterLock.Create(b, o), SharedReaderWriterLock.Attach, SharedReaderWriterLock.Attach),
        ("sem", (b, o) => SharedSemaphore.Create(b, o, 2), SharedSemaphore.Attach, SharedSemaphore.Attach),
        ("event", (b, o) => SharedEvent.Create(b, o), SharedEvent.Attach, SharedEvent.Attach),
        ("cond", (b, o) => SharedCondition.Create(b, o), (b, o) => SharedCondition.Attach(b, o), n => SharedCondition.Attach(n)),
        ("barrier", (b, o) => SharedBarrier.Create(b, o, 2), SharedBarrier.Attach, SharedBarrier.Attach),
    ];

    public static TheoryData<int> Each => [.. Enumerable.Range(0, Kinds.Length)];

    public void Dispose()
    {
        _block.Unlink();
        _block.Dispose();
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void At_an_offset_it_is_the_same_for_who_attaches_there(int index)
    {
        using SharedPrimitive made = Kinds[index].Create(_block, 1024);
        using SharedPrimitive attached = Kinds[index].Attach(_block, 1024);
        Assert.Equal((1024, _block.Name), (attached.ByteOffset, attached.Name));
        Assert.Same(_block, attached.Block);
        Assert.Throws<InvalidOperationException>(made.Unlink);
        Assert.Contains("1024", made.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void Its_disposal_leaves_the_block_as_it_is(int index)
    {
        Kinds[index].Create(_block, 0).Dispose();
        _block.GetReference<long>(4096) = 7;
        using SharedPrimitive again = Kinds[index].Attach(_block, 0);
        Assert.Equal(0, again.ByteOffset);
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void Places_that_cannot_be_are_refused_and_nothing_is_written(int index)
    {
        Assert.Throws<ArgumentException>(() => Kinds[index].Create(_block, 32));
        Assert.Throws<ArgumentOutOfRangeException>(() => Kinds[index].Create(_block, -64));
        Assert.Throws<ArgumentOutOfRangeException>(() => Kinds[index].Create(_block, 8192));
        Assert.Throws<ArgumentOutOfRangeException>(() => Kinds[index].Create(_block, 1L << 62));
        Assert.Throws<ArgumentNullException>(() => Kinds[index].Create(null!, 0));
        Assert.ThrowsAny<ArgumentException>(() => Kinds[index].Attach(_block, 32));
        Assert.ThrowsAny<ArgumentException>(() => Kinds[index].Attach(_block, 8192));
        Assert.True(_block.Span.IndexOfAnyExcept((byte)0) < 0);
        using SharedMemory readOnly = SharedMemory.Attach(_block.Name, readOnly: true);
        Assert.Throws<NotSupportedException>(() => Kinds[index].Create(readOnly, 0));
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void A_place_that_is_taken_is_refused(int index)
    {
        using SharedPrimitive made = Kinds[index].Create(_block, 0);
        Assert.Throws<InvalidOperationException>(() => Kinds[index].Create(_block, 0));
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void To_attach_to_anything_else_says_what_is_there(int index)
    {
        string kind = Kinds[index].Kind;
        InvalidDataException nothing = Assert.Throws<InvalidDataException>(() => Kinds[index].Attach(_block, 64));
        Assert.Contains(kind, nothing.Message, StringComparison.Ordinal);

        "text, it is"u8.CopyTo(_block.Span[64..]);
        InvalidDataException text = Assert.Throws<InvalidDataException>(() => Kinds[index].Attach(_block, 64));
        Assert.Contains("text, it", text.Message, StringComparison.Ordinal);

        for (int other = 0; other < Kinds.Length; other++)
        {
            if (other != index)
            {
                _block.Span.Clear();
                using SharedPrimitive there = Kinds[other].Create(_block, 0);
                InvalidDataException wrong = Assert.Throws<InvalidDataException>(() => Kinds[index].Attach(_block, 0));
                Assert.Contains($"not a {kind} but a {Kinds[other].Kind}", wrong.Message, StringComparison.Ordinal);
                Assert.Throws<InvalidDataException>(() => Kinds[index].ByName(_block.Name));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void Another_version_and_a_size_that_cannot_be_are_refused(int index)
    {
        using SharedPrimitive made = Kinds[index].Create(_block, 0);
        _block.GetReference<int>(8) = 2;
        Assert.Contains("layout 2", Assert.Throws<InvalidDataException>(() => Kinds[index].Attach(_block, 0)).Message, StringComparison.Ordinal);
        _block.GetReference<int>(8) = 1;
        foreach (long size in (long[])[0, 31, 33, 8193, -1, long.MaxValue])
        {
            _block.GetReference<long>(24) = size;
            Assert.Throws<InvalidDataException>(() => Kinds[index].Attach(_block, 0));
        }
    }

    [Fact]
    public void A_mutex_of_another_sort_is_refused_and_not_taken_for_ones_own()
    {
        using (Backends.Use(Backends.Portable))
        {
            SharedMutex.Create(_block, 0).Dispose();
        }

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => SharedMutex.Attach(_block, 0));
        Assert.Contains("another sort", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_lead_out_of_the_block_are_refused()
    {
        foreach ((int kind, int offset, int[] numbers) in (IEnumerable<(int, int, int[])>)
            [(1, 32, [0, -1, 200, int.MaxValue]), (2, 32, [0, -1, 4096, int.MaxValue]), (4, 44, [0, -1, 400, int.MaxValue]), (5, 32, [0, -1, 60_000, int.MaxValue])])
        {
            _block.Span.Clear();
            using SharedPrimitive made = Kinds[kind].Create(_block, 0);
            foreach (int number in numbers)
            {
                _block.GetReference<int>(offset) = number;
                Assert.ThrowsAny<Exception>(() => Kinds[kind].Attach(_block, 0));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Each))]
    public void By_name_it_is_an_error_that_says_so_if_there_is_none_or_it_is_taken(int index)
    {
        Assert.Throws<FileNotFoundException>(() => Kinds[index].ByName("sync-nothing"));
        Assert.Throws<InvalidDataException>(() => Kinds[index].ByName(_block.Name));
        Assert.Throws<SharedMemoryExistsException>(() => SharedMutex.Create(_block.Name));
        Assert.Throws<ArgumentException>(() => SharedMutex.Create("a/b"));
    }

    [Fact]
    public void A_block_that_is_disposed_under_it_is_an_exception() => Watchdog.Run(() =>
    {
        SharedMemory block = SharedMemory.Create(4096);
        block.Unlink();
        SharedMutex mutex = SharedMutex.Create(block, 0);
        Assert.True(mutex.TryEnter());
        block.Dispose();
        Assert.Throws<ObjectDisposedException>(() => mutex.TryEnter());
        mutex.Exit();
        mutex.Dispose();
        Assert.Throws<ObjectDisposedException>(() => SharedMutex.Attach(block, 0));
    });
}
