using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What is left of a queue by the death of those who put, get, and wait: with real kills.</summary>
public sealed class QueueDeathTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private static int Rounds =>
        int.TryParse(Environment.GetEnvironmentVariable("DEATH_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? Math.Max(1, rounds / 10) : 3;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_item_of_a_consumer_that_is_killed_comes_again_and_none_that_it_had_finished() => Watchdog.Run(() =>
    {
        SharedQueue<int> queue = Make(new() { Joinable = true });
        for (int i = 0; i < 10; i++)
        {
            queue.Put(i);
        }

        using (ChildProcess done = ChildProcess.Start("queue-hold", queue.Name, "3"))
        using (ChildProcess dead = ChildProcess.Start("queue-hold", queue.Name, "4"))
        {
            int[] finished = Numbers(done.ReadLine());
            int[] lost = Numbers(dead.ReadLine());
            Assert.Equal((3, 10), (queue.Count, queue.UnfinishedCount));
            done.WriteLine("finish");
            Assert.Equal("done", done.ReadLine());
            done.Kill();
            dead.Kill();

            // Who waits finds out by itself.
            var came = new List<int>();
            while (came.Count < 7)
            {
                came.Add(queue.Get());
            }

            Assert.False(queue.TryGet(out _, TimeSpan.FromMilliseconds(150)));
            Assert.Equal(Enumerable.Range(0, 10).Except(finished), came.Order());
            Assert.Equal(lost.Length, queue.RedeliveredCount);
            Assert.Equal(7, queue.UnfinishedCount);
        }

        for (int i = 0; i < 7; i++)
        {
            queue.TaskDone();
        }

        queue.Join();
    });

    [Fact]
    public void Join_waits_on_when_a_consumer_is_killed_and_ends_when_another_has_done_its_items() => Watchdog.Run(() =>
    {
        SharedQueue<int> queue = Make(new() { Joinable = true });
        queue.Put(1);
        using ChildProcess dead = ChildProcess.Start("queue-hold", queue.Name, "1");
        Assert.Equal("1", dead.ReadLine());
        using ChildProcess join = ChildProcess.Start("queue-wait", queue.Name, "join");
        Assert.Equal("waiting", join.ReadLine());
        dead.Kill();

        // The one that waits for the end finds the dead one: nobody else looks.
        Eventually.True(() => queue.Count == 1, "the item waits again");
        Assert.Equal(1, queue.Get());
        queue.TaskDone();
        Assert.Equal("joined", join.ReadLine());
    });

    [Fact]
    public void Who_waits_for_the_end_of_a_completed_queue_gets_what_a_dead_consumer_had() => Watchdog.Run(() =>
    {
        SharedQueue<int> queue = Make(new() { Joinable = true });
        queue.Put(5);
        using ChildProcess dead = ChildProcess.Start("queue-hold", queue.Name, "1");
        Assert.Equal("5", dead.ReadLine());
        queue.Complete();
        using ChildProcess next = ChildProcess.Start("queue-wait", queue.Name, "get");
        Assert.Equal("waiting", next.ReadLine());
        dead.Kill();
        Assert.Equal("got 5", next.ReadLine());

        // It has not finished it, and ends: it is given back.
        next.WriteLine("end");
        Assert.Equal(0, next.WaitForExit());
        Assert.Equal(5, queue.Get());
        queue.TaskDone();
        Assert.False(queue.TryGet(out _, Timeout.InfiniteTimeSpan));
    });

    [Fact]
    public void Producers_that_are_killed_leave_whole_items_in_their_order_and_a_queue_that_goes_on() => Watchdog.Run(TimeSpan.FromMinutes(5), () =>
    {
        var random = new Random(20261121);
        SharedQueue<int> queue = Make(new() { MaxSize = 4, Capacity = 1024 });
        for (int round = 0; round < Rounds * 2; round++)
        {
            using ChildProcess one = ChildProcess.Start("queue-put", queue.Name, "0");
            using ChildProcess two = ChildProcess.Start("queue-put", queue.Name, "1000000000");
            int[] next = [0, 0];
            int least = random.Next(10, 300);
            for (int i = 0; i < least; i++)
            {
                Check(queue.Get(), next);
            }

            one.Kill();
            int after = next[1] + 50;
            while (next[1] < after)
            {
                Check(queue.Get(), next);
            }

            two.Kill();
            while (queue.TryGet(out int item, TimeSpan.FromMilliseconds(150)))
            {
                Check(item, next);
            }

            Assert.InRange(queue.UnfinishedCount, 0, 0);
            Assert.True(queue.TryPut(7) && queue.TryPut(8) && queue.TryPut(9) && queue.TryPut(10));
            Assert.False(queue.TryPut(11));
            Assert.Equal([7, 8, 9, 10], [queue.Get(), queue.Get(), queue.Get(), queue.Get()]);
        }

        static void Check(int item, int[] next)
        {
            int which = item / 1_000_000_000;
            Assert.Equal(next[which]++, item % 1_000_000_000);
        }
    });

    [Fact]
    public void Workers_that_are_killed_all_the_time_leave_no_item_undone() => Watchdog.Run(TimeSpan.FromMinutes(10), () =>
    {
        const int Most = 4_000_000;
        const int Kills = 10;
        var random = new Random(20261122);
        for (int round = 0; round < Rounds; round++)
        {
            SharedQueue<int> queue = Make(new() { Joinable = true, MaxSize = 50, Capacity = 1 << 16 });
            SharedMemory times = _scratch.Block(Most * sizeof(int));
            int items = 0;
            int kills = 0;
            Task putting = Task.Factory.StartNew(
                () =>
                {
                    while (items < Most && (Volatile.Read(ref kills) < Kills || items < 1000))
                    {
                        queue.Put(items++);
                    }
                },
                TaskCreationOptions.LongRunning);
            List<ChildProcess> workers = [.. Enumerable.Range(0, 2).Select(_ => Start())];
            while (!putting.IsCompleted)
            {
                Thread.Sleep(random.Next(40));
                int victim = random.Next(workers.Count);
                workers[victim].Kill();
                workers[victim].Dispose();
                workers[victim] = Start();
                Interlocked.Increment(ref kills);
            }

            putting.Wait();
            queue.Join();
            Assert.Equal(0, queue.UnfinishedCount);
            queue.Complete();
            foreach (ChildProcess worker in workers)
            {
                Assert.Equal("over", worker.ReadLine());
                worker.Dispose();
            }

            // Each was done; more than once at most so often as a worker was killed between that and saying so.
            int[] done = times.AsReadOnlySpan<int>(0, items).ToArray();
            Assert.DoesNotContain(0, done);
            Assert.InRange(done.Sum() - items, 0, kills);
            Assert.True(kills >= Kills);

            ChildProcess Start()
            {
                ChildProcess worker = ChildProcess.Start("queue-work", queue.Name, times.Name);
                Assert.Equal("ready", worker.ReadLine());
                return worker;
            }
        }
    });

    [Fact]
    public void Who_waits_for_room_is_served_when_the_consumer_that_it_waited_for_is_killed() => Watchdog.Run(() =>
    {
        SharedQueue<int> queue = Make(new() { Joinable = true, Capacity = 256 });
        int put = 0;
        while (queue.TryPut(put))
        {
            put++;
        }

        using ChildProcess dead = ChildProcess.Start("queue-hold", queue.Name, "1");
        Assert.Equal("0", dead.ReadLine());
        using ChildProcess putter = ChildProcess.Start("queue-wait", queue.Name, "put");
        Assert.Equal("waiting", putter.ReadLine());
        dead.Kill();
        var came = new List<int>();
        while (came.Count < put + 1)
        {
            came.Add(queue.Get());
            queue.TaskDone();
        }

        Assert.Equal([.. Enumerable.Range(0, put), 99], came.Order());
        Assert.Equal("put", putter.ReadLine());
        queue.Join();
    });

    private static int[] Numbers(string line) => [.. line.Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];

    private SharedQueue<int> Make(SharedQueueOptions options) => _scratch.Keep(SharedQueue<int>.Create(_scratch.NewName(), options));
}
