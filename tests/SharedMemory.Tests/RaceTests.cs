namespace Multiprocessing.Tests;

/// <summary>Who makes it, when many want to at once.</summary>
[Collection(Alone.Name)]
public sealed class RaceTests
{
    [Fact]
    public void Of_threads_that_make_or_attach_exactly_one_makes_10_000_times() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        const int Threads = 4;
        const int Rounds = 10_000;
        string name = scratch.NewName();
        int made = 0;
        long sum = 0;
        using var step = new Barrier(Threads);
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(index => new Thread(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                step.SignalAndWait();
                SharedMemory? block = null;
                try
                {
                    block = SharedMemory.CreateOrAttach(name, 64);
                    Interlocked.Add(ref made, block.WasCreated ? 1 : 0);
                    Interlocked.Increment(ref block.GetReference<long>(0));
                }
                catch (Exception e)
                {
                    failure = e;
                }

                step.SignalAndWait();
                if (index == 0)
                {
                    sum += block?.GetReference<long>(0) ?? 0;
                    SharedMemory.TryUnlink(name);
                }

                block?.Dispose();
            }
        }))];
        Array.ForEach(threads, static thread => thread.Start());
        Array.ForEach(threads, static thread => thread.Join());

        Assert.Null(failure);
        Assert.Equal(Rounds, made);
        Assert.Equal(Rounds * Threads, sum);
    });

    [Fact]
    public void Of_processes_that_make_or_attach_exactly_one_makes() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        const int Rounds = 1000;
        string prefix = scratch.NewName();
        foreach (int round in Enumerable.Range(0, Rounds))
        {
            scratch.Adopt($"{prefix}{round}");
        }

        ChildProcess[] children =
            [.. Enumerable.Range(0, 6).Select(_ => scratch.Keep(ChildProcess.Start("block-race", prefix, $"{Rounds}")))];
        Array.ForEach(children, static child => Assert.Equal("ready", child.ReadLine()));
        Array.ForEach(children, static child => child.WriteLine("go"));
        string[] made = [.. children.Select(static child => child.ReadLine())];

        Assert.All(Enumerable.Range(0, Rounds), round => Assert.Equal((round, 1), (round, made.Count(child => child[round] == '1'))));
        Assert.All(Enumerable.Range(0, Rounds), round =>
        {
            using SharedMemory block = SharedMemory.Attach($"{prefix}{round}");
            Assert.Equal(children.Length, block.GetReference<long>(0));
        });
        Array.ForEach(children, static child => child.CloseInput());
        Array.ForEach(children, static child => Assert.Equal(0, child.WaitForExit()));
    });

    [Fact]
    public void While_others_unlink_it_is_still_made_or_attached_to() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();
        Parallel.For(0, 4, _ =>
        {
            for (int round = 0; round < 5000; round++)
            {
                using SharedMemory block = SharedMemory.CreateOrAttach(name, 64);
                Assert.Equal(64, block.Size);
                SharedMemory.TryUnlink(name);
            }
        });
    });

    [Fact]
    public void An_attach_waits_for_a_creator_that_has_made_the_name_and_not_yet_the_size() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        for (int round = 0; round < 50; round++)
        {
            string name = scratch.NewName();
            using FileStream file = File.Create(Scratch.PathOf(name));
            using var attached = new ManualResetEventSlim();
            var creator = new Thread(() =>
            {
                // Later than the attach looks for the first time, most of the time, and well within its patience.
                attached.Wait();
                Thread.Sleep(round % 5);
                file.SetLength(10);
            });
            creator.Start();
            attached.Set();
            using SharedMemory block = SharedMemory.Attach(name);

            Assert.Equal(10, block.Size);
            creator.Join();
        }
    });

    [Fact]
    public void An_attach_waits_for_as_long_as_the_creator_takes_to_reserve_the_pages() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        long size = RoomForBig();
        string name = scratch.NewName();
        var creator = new Thread(() => SharedMemory.Create(size, name).Dispose());
        creator.Start();
        Eventually.True(() => SharedMemory.Exists(name), "the creator has begun");

        Assert.Equal(size, scratch.Attach(name).Size);
        creator.Join();
    });

    [Fact]
    public void Of_threads_that_make_or_attach_a_big_block_one_makes_it_and_the_others_wait() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        long size = RoomForBig();
        string name = scratch.NewName();
        SharedMemory[] blocks = new SharedMemory[3];

        Parallel.For(0, blocks.Length, i => blocks[i] = SharedMemory.CreateOrAttach(name, size));

        Array.ForEach(blocks, block => scratch.Keep(block));
        Assert.Single(blocks, static block => block.WasCreated);
        Assert.All(blocks, block => Assert.Equal(size, block.Size));
    });

    /// <summary>More than is reserved within the patience that an attach has with a creator that does nothing.</summary>
    private static long RoomForBig()
    {
        const long Size = 3L << 29;
        Peer.Require(
            Directory.Exists("/dev/shm") && new DriveInfo("/dev/shm").AvailableFreeSpace > 2 * Size
                && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 4 * Size,
            "3 GiB free in /dev/shm for a block of 1.5 GiB");
        return Size;
    }
}
