using System.Text;

namespace Multiprocessing.Tests;

/// <summary>The bytes in shared memory, as tables.</summary>
public sealed class LayoutTests
{
    /// <summary>What is made, its kind and size, and its words: offset, bytes, value (-1: random, so not 0).</summary>
    public static TheoryData<string, string, long, (int Offset, int Bytes, long Value)[]> Tables => new()
    {
        { "mutex", "mutex", 128, [(32, 4, 0), (36, 4, 0), (40, 8, -1), (48, 8, 0), (56, 8, 0)] },
        { "recursive mutex", "mutex", 128, [(32, 4, 1), (36, 4, 0), (40, 8, -1), (48, 8, 0), (56, 8, 0)] },
        { "rwlock", "rwlock", 128 + (64 * 8), [(32, 4, 8), (36, 4, 0), (40, 8, -1), (48, 4, 0), (52, 4, 0), (56, 8, 0)] },
        { "semaphore", "sem", 128, [(32, 4, 5), (36, 4, 0), (40, 8, 0), (64, 8, 0), (96, 8, 0)] },
        { "counting semaphore", "sem", 64, [(32, 4, 7), (36, 4, 1), (40, 8, 0), (48, 4, 3), (52, 4, 0)] },
        { "event", "event", 64, [(32, 4, 1), (36, 4, 1), (40, 8, 0), (48, 8, 0)] },
        { "condition", "cond", 192 + (32 * 6), [(32, 8, -1), (40, 4, 1), (44, 4, 6), (48, 8, 0), (56, 8, 0)] },
        { "barrier", "barrier", 192 + 64, [(32, 4, 3), (36, 4, 0), (40, 8, 0), (48, 4, 0), (52, 4, 0), (56, 8, 0), (128, 8, 0)] },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void What_stands_where(string what, string kind, long size, (int Offset, int Bytes, long Value)[] words)
    {
        using SharedPrimitive primitive = Create(what, null);
        primitive.Unlink();
        SharedMemory block = primitive.Block;
        Assert.Equal("MPSHARED", Encoding.ASCII.GetString(block.Span[..8]));
        Assert.Equal((1, kind is "sem" or "event" ? 0u : MutexBackend.Current.Flavour), (block.GetReference<int>(8), block.GetReference<uint>(12)));
        Assert.Equal(kind, Encoding.ASCII.GetString(block.Span[16..24]).TrimEnd('\0'));
        Assert.Equal((size, size), (block.GetReference<long>(24), block.Size));
        foreach ((int offset, int bytes, long value) in words)
        {
            long found = bytes == 4 ? block.GetReference<int>(offset) : block.GetReference<long>(offset);
            Assert.True(value == -1 ? found != 0 : found == value, $"{what}: at {offset} there is {found}, not {value}");
        }
    }

    [Fact]
    public void A_wake_word_is_a_sequence_and_a_count_of_sleepers() => Watchdog.Run(() =>
    {
        using SharedEvent e = SharedEvent.Create(autoReset: true);
        e.Unlink();
        Action waiter = Threads.Start(() => e.Wait());
        Eventually.True(() => Volatile.Read(ref e.Block.GetReference<int>(44)) == 1, "a sleeper");
        e.Set();
        waiter();
        Assert.Equal((1, 0), (e.Block.GetReference<int>(40), e.Block.GetReference<int>(44)));
    });

    [Fact]
    public void Sizes_within_a_block_are_as_documented()
    {
        Assert.Equal((128, 64), (SharedMutex.ByteSize, SharedEvent.ByteSize));
        Assert.Equal((128 + 2048, 192), (SharedReaderWriterLock.GetByteSize(), SharedReaderWriterLock.GetByteSize(1)));
        Assert.Equal((128, 128, 192), (SharedSemaphore.GetByteSize(1), SharedSemaphore.GetByteSize(8), SharedSemaphore.GetByteSize(9)));
        Assert.Equal((192 + 2048, 256), (SharedCondition.GetByteSize(), SharedCondition.GetByteSize(1)));
        Assert.Equal((256, 256, 320), (SharedBarrier.GetByteSize(1), SharedBarrier.GetByteSize(4), SharedBarrier.GetByteSize(5)));
    }

    [Fact]
    public void The_list_of_blocks_says_what_they_are()
    {
        using SharedPrimitive mutex = Create("mutex", "sync-kind");
        Assert.Equal("mutex", SharedMemory.List().Single(block => block.Name == "sync-kind").Kind);
        mutex.Unlink();
    }

    private static SharedPrimitive Create(string what, string? name) => what switch
    {
        "mutex" => SharedMutex.Create(name),
        "recursive mutex" => SharedMutex.Create(name, recursive: true),
        "rwlock" => SharedReaderWriterLock.Create(name, readers: 8),
        "semaphore" => SharedSemaphore.Create(5, name),
        "counting semaphore" => SharedSemaphore.CreateCounting(3, 7, name),
        "event" => SharedEvent.Create(name, initiallySet: true, autoReset: true),
        "condition" => SharedCondition.Create(name, capacity: 6),
        "barrier" => SharedBarrier.Create(3, name),
        _ => throw new ArgumentException(what),
    };
}
