namespace Multiprocessing.Tests;

/// <summary>The list of arrays, and writing them to their files.</summary>
public sealed class ListTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Arrays_are_listed_by_name_with_type_and_shape_and_nothing_else_is()
    {
        SharedArray<float> a = _scratch.Create<float>(3, 4);
        SharedArray b = _scratch.Create("U5", 2);
        SharedArray<byte> scalar = _scratch.Create<byte>();
        string block = _scratch.Block(new byte[1000]);
        using SharedArray<int> file = SharedArray<int>.Create($"file://{_scratch.NewPath()}", [3]);

        SharedArrayInfo[] found = [.. SharedArray.List().Where(array => array.Name == a.Name || array.Name == b.Name || array.Name == scalar.Name || array.Name == block)];
        Assert.Equal(found.OrderBy(static array => array.Name, StringComparer.Ordinal), found);
        Assert.Equal(
            [.. new[] { $"{a.Name}: float32 (3, 4)", $"{b.Name}: U5 (2,)", $"{scalar.Name}: uint8 ()" }.Order(StringComparer.Ordinal)],
            found.Select(static array => array.ToString()));
    }

    [Fact]
    public void What_changes_between_two_lists_is_seen()
    {
        string name = _scratch.NewName();
        string? Find() => SharedArray.List().SingleOrDefault(array => array.Name == name)?.ToString();
        Assert.Null(Find());
        for (int i = 1; i < 50; i++)
        {
            using (SharedArray<int>.Create(name, [i % 2, 8]))
            {
                Assert.Equal($"{name}: int32 ({i % 2}, 8)", Find());
                Assert.Equal($"{name}: int32 ({i % 2}, 8)", Find());
                SharedArray.Delete(name);
            }

            Assert.Null(Find());
            using (SharedArray<float>.Create(name, [i % 2, 8]))
            {
                Assert.Equal($"{name}: float32 ({i % 2}, 8)", Find());
                SharedArray.Delete(name);
            }
        }
    }

    [Fact]
    public void An_array_is_listed_once_it_is_finished()
    {
        byte[] whole = File.ReadAllBytes(Scratch.Golden("i4_3x4"));
        string name = _scratch.Block(new byte[whole.Length]);
        Assert.DoesNotContain(SharedArray.List(), array => array.Name == name);
        using SharedMemory block = SharedMemory.Attach(name);
        whole.CopyTo(block.Span);
        Assert.Contains(SharedArray.List(), array => array.Name == name);
    }

    [Theory]
    [InlineData(MemorySync.Async)]
    [InlineData(MemorySync.Sync)]
    [InlineData(MemorySync.Invalidate)]
    [InlineData(MemorySync.Async | MemorySync.Invalidate)]
    [InlineData(MemorySync.Sync | MemorySync.Invalidate)]
    public void Every_way_to_flush_is_taken(MemorySync how)
    {
        string path = _scratch.NewPath();
        using SharedArray<int> array = SharedArray<int>.Create($"file://{path}", [1000]);
        array.Fill(5);
        array.Flush(how);
        Assert.Equal(5, BitConverter.ToInt32(File.ReadAllBytes(path), 3996));
        _scratch.Create<int>(10).Flush(how);
    }

    [Theory]
    [InlineData(MemorySync.None)]
    [InlineData(MemorySync.Async | MemorySync.Sync)]
    [InlineData((MemorySync)8)]
    [InlineData((MemorySync)(-1))]
    public void No_way_to_flush_is_refused(MemorySync how) => Assert.Throws<ArgumentException>(() => _scratch.Create<int>(10).Flush(how));

    [Fact]
    public void The_flags_are_those_of_the_extension() =>
        Assert.Equal([1, 2, 4], [(int)MemorySync.Async, (int)MemorySync.Invalidate, (int)MemorySync.Sync]);

    [Fact]
    public void More_than_may_be_locked_is_refused_with_the_limit_named() => Watchdog.Run(() =>
    {
        string[] wrapper = ["prlimit", "--memlock=1048576:1048576", "--"];
        if (Environment.IsPrivilegedProcess)
        {
            wrapper = [.. wrapper, "setpriv", "--bounding-set=-ipc_lock", "--"];
        }

        Wrapped.Require("prlimit and setpriv", wrapper);
        string[] lines = Wrapped.Run(wrapper, "array-lock", "4096", "8388608");
        Assert.Equal("locked", lines[0]);
        Assert.StartsWith(nameof(InsufficientMemoryException), lines[1], StringComparison.Ordinal);
        Assert.Contains("1048576 bytes", lines[1], StringComparison.Ordinal);
    });
}
