namespace Multiprocessing.Tests;

public sealed class ListTests
{
    [Fact]
    public void It_has_the_name_size_mode_and_owner_of_every_block_in_order_of_the_names()
    {
        using var scratch = new Scratch();
        var wide = new SharedMemoryOptions { Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead };
        SharedMemory first = scratch.Create(10);
        SharedMemory second = scratch.Create(5L << 30, options: wide with { Reserve = false });
        string unsized = scratch.Unsized();

        IReadOnlyList<SharedMemoryInfo> dated = SharedMemory.List();
        SharedMemoryInfo[] list = [.. dated.Select(static info => info with { Created = null })];

        Assert.InRange(DateTimeOffset.UtcNow - dated.Single(info => info.Name == first.Name).Created!.Value, TimeSpan.FromSeconds(-1), TimeSpan.FromHours(1));
        uint user = list.Single(info => info.Name == first.Name).OwnerUserId;
        Assert.Contains(new SharedMemoryInfo(first.Name, 10, UnixFileMode.UserRead | UnixFileMode.UserWrite, user, Kind: null), list);
        Assert.Contains(new SharedMemoryInfo(second.Name, 5L << 30, wide.Mode, user, Kind: null), list);
        Assert.Equal(0, list.Single(info => info.Name == unsized).Size);
        Assert.Equal(list.Select(static info => info.Name).Order(StringComparer.Ordinal), list.Select(static info => info.Name));
    }

    [Fact]
    public void It_has_neither_files_elsewhere_nor_anonymous_blocks_nor_what_is_unlinked()
    {
        using var scratch = new Scratch();
        SharedMemory file = scratch.Create(10, $"file://{scratch.NewPath()}");
        SharedMemory anonymous = scratch.Keep(SharedMemory.Create(
            123_457, options: new SharedMemoryOptions { Backing = SharedMemoryBacking.Anonymous }));
        SharedMemory gone = scratch.Create(10);
        gone.Unlink();

        IReadOnlyList<SharedMemoryInfo> list = SharedMemory.List();

        Assert.DoesNotContain(list, info => info.Size == anonymous.Size);
        Assert.DoesNotContain(list, info => info.Name == gone.Name || info.Name == Path.GetFileName(file.Name));
    }

    [Fact]
    public void It_is_whole_while_others_make_and_unlink_blocks() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedMemory stays = scratch.Create(10);
        using var stop = new CancellationTokenSource();
        var churn = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                scratch.Create(10).Unlink();
            }
        });
        churn.Start();
        try
        {
            for (int i = 0; i < 300; i++)
            {
                Assert.Contains(SharedMemory.List(), info => info.Name == stays.Name);
            }
        }
        finally
        {
            stop.Cancel();
            churn.Join();
        }
    });
}
