using System.Text.Json;
using System.Text.Json.Serialization;

namespace Multiprocessing.Tests;

/// <summary>A queue within one process: what goes in and out, its bounds, its end.</summary>
public sealed partial class QueueTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void What_JSON_can_write_goes_in_and_comes_out_in_its_order()
    {
        SharedQueue<Order> queue = Make<Order>(new());
        SharedQueue<Order> other = Attach(queue);
        Order[] orders = [new(1, "naïve 日本", [1.5, -2]), new(2, null, []), new(int.MaxValue, new string('x', 10_000), [double.Epsilon])];
        Array.ForEach(orders, order => queue.Put(order));
        Assert.Equal((3, 3, false), (queue.Count, other.UnfinishedCount, other.IsEmpty));
        foreach (Order order in orders)
        {
            Assert.True(other.TryGet(out Order? got));
            Assert.Equal(JsonSerializer.Serialize(order), JsonSerializer.Serialize(got));
        }

        Assert.False(queue.TryGet(out _));
        Assert.Equal((0, 0, true), (queue.Count, queue.UnfinishedCount, queue.IsEmpty));
    }

    [Fact]
    public void Null_numbers_and_structs_are_items_too()
    {
        SharedQueue<string?> texts = Make<string?>(new());
        texts.Put(null);
        Assert.True(texts.TryGet(out string? text));
        Assert.Null(text);
        SharedQueue<decimal> numbers = Make<decimal>(new());
        numbers.Put(decimal.MaxValue);
        Assert.Equal(decimal.MaxValue, numbers.Get());
        SharedQueue<DateTimeOffset> times = Make<DateTimeOffset>(new());
        times.Put(DateTimeOffset.UnixEpoch);
        Assert.Equal(DateTimeOffset.UnixEpoch, times.Get());
    }

    [Fact]
    public void Bytes_are_written_as_they_are_and_are_not_taken_for_JSON()
    {
        SharedQueue<byte[]> queue = Make<byte[]>(new() { Capacity = 1024 });
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        queue.Put(all);
        queue.Put([]);
        Assert.Equal(all, queue.Get());
        Assert.Equal([], queue.Get());
        Assert.Throws<ArgumentNullException>(() => queue.Put(null!));
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => SharedQueue<string>.Attach(queue.Name));
        Assert.Contains("format 2", e.Message, StringComparison.Ordinal);

        // A kilobyte of bytes has room for that many, and no more.
        int most = queue.MaxItemSize;
        Assert.Equal(496, most);
        Assert.True(queue.TryPut(new byte[most]));
        Assert.Throws<ArgumentException>(() => queue.TryPut(new byte[most + 1]));
        Assert.False(queue.TryPut(new byte[most + 1 - 2]) && queue.TryPut(new byte[most - 1]));
    }

    [Fact]
    public void The_callers_type_information_and_options_say_how_an_item_is_written()
    {
        SharedQueue<Order> queue = _scratch.Keep(SharedQueue<Order>.Create(_scratch.NewName(), null, Json.Default.Order));
        SharedQueue<JsonElement> raw = _scratch.Keep(SharedQueue<JsonElement>.Attach(queue.Name));
        queue.Put(new(5, "text", [1]));
        Assert.Equal("""{"number":5,"text":"text","amounts":[1]}""", raw.Get().GetRawText());
        var relaxed = new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, TypeInfoResolver = JsonSerializerOptions.Default.TypeInfoResolver };
        SharedQueue<string> text = _scratch.Keep(SharedQueue<string>.Create(_scratch.NewName(), new() { Capacity = 256 }, relaxed));
        Assert.True(text.TryPut(new string('é', 50)));
        Assert.Equal(new string('é', 50), text.Get());
        Assert.Throws<ArgumentException>(() => Make<string>(new() { Capacity = 256 }).TryPut(new string('é', 50)));
        var options = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.KebabCaseUpper, TypeInfoResolver = JsonSerializerOptions.Default.TypeInfoResolver };
        SharedQueue<Order> upper = _scratch.Keep(SharedQueue<Order>.Create(_scratch.NewName(), null, options));
        SharedQueue<Order> same = _scratch.Keep(SharedQueue<Order>.Attach(upper.Name, options));
        SharedQueue<JsonElement> seen = _scratch.Keep(SharedQueue<JsonElement>.Attach(upper.Name));
        upper.Put(new(6, null, []));
        upper.Put(new(7, null, []));
        Assert.Equal("""{"NUMBER":6,"TEXT":null,"AMOUNTS":[]}""", seen.Get().GetRawText());
        Assert.Equal(7, same.Get().Number);
    }

    [Fact]
    public void An_item_that_is_no_T_is_said_and_gone()
    {
        SharedQueue<string> queue = Make<string>(new() { Joinable = true });
        SharedQueue<int> other = _scratch.Keep(SharedQueue<int>.Attach(queue.Name));
        queue.Put("no number");
        queue.Put("next");
        Assert.Throws<JsonException>(() => other.TryGet(out _));
        Assert.Equal("next", queue.Get());
        queue.TaskDone();
        Assert.True(queue.Join(TimeSpan.Zero));
    }

    [Fact]
    public void A_bound_is_kept_by_all_who_put()
    {
        SharedQueue<int> queue = Make<int>(new() { MaxSize = 3 });
        SharedQueue<int> other = Attach(queue);
        Assert.True(queue.TryPut(1) && other.TryPut(2) && queue.TryPut(3));
        Assert.Equal((true, 3, 3), (other.IsFull, queue.MaxSize, queue.Count));
        Assert.False(queue.TryPut(4));
        Assert.False(other.TryPut(4, TimeSpan.FromMilliseconds(30)));
        using var soon = new CancellationTokenSource(30);
        Assert.Throws<OperationCanceledException>(() => queue.Put(4, soon.Token));
        Assert.Equal(1, other.Get());
        Assert.False(queue.IsFull);
        Assert.True(queue.TryPut(4));
        Assert.False(other.TryPut(5));
        Assert.Equal([2, 3, 4], [queue.Get(), queue.Get(), queue.Get()]);
    }

    [Fact]
    public void What_was_got_and_not_finished_does_not_count_against_the_bound() => Watchdog.Run(() =>
    {
        SharedQueue<int> queue = Make<int>(new() { MaxSize = 2, Joinable = true });
        queue.Put(1);
        queue.Put(2);
        Task waiting = Task.Run(() => queue.Put(3));
        Assert.False(waiting.Wait(30));
        Assert.Equal(1, queue.Get());
        waiting.Wait();
        Assert.Equal((2, 3, true), (queue.Count, queue.UnfinishedCount, queue.IsFull));
    });

    [Fact]
    public void Many_threads_put_and_get_under_a_bound_and_every_item_comes_once() => Watchdog.Run(() =>
    {
        const int Each = 2000;
        SharedQueue<int> queue = Make<int>(new() { MaxSize = 5, Capacity = 4096 });
        int[] came = new int[3 * Each];
        int most = 0;
        Task[] producers = [.. Enumerable.Range(0, 3).Select(p => Task.Factory.StartNew(
            () =>
            {
                SharedQueue<int> own = Attach(queue);
                for (int i = 0; i < Each; i++)
                {
                    own.Put((p * Each) + i);
                }
            },
            TaskCreationOptions.LongRunning))];
        Task[] consumers = [.. Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (queue.TryGet(out int item, Timeout.InfiniteTimeSpan))
                {
                    Interlocked.Increment(ref came[item]);
                    most = Math.Max(most, queue.Count);
                }
            },
            TaskCreationOptions.LongRunning))];
        Task.WaitAll(producers);
        queue.Complete();
        Task.WaitAll(consumers);
        Assert.All(came, times => Assert.Equal(1, times));
        Assert.InRange(most, 0, 5);
    });

    [Fact]
    public void Get_waits_for_an_item_and_gives_up_in_time_or_when_cancelled() => Watchdog.Run(() =>
    {
        SharedQueue<int> queue = Make<int>(new());
        Assert.False(queue.TryGet(out _, TimeSpan.FromMilliseconds(20)));
        using var soon = new CancellationTokenSource(30);
        Assert.Throws<OperationCanceledException>(() => queue.Get(soon.Token));
        Task<int> waiting = Task.Run(() => queue.Get());
        Assert.False(waiting.Wait(30));
        queue.Put(7);
        Assert.Equal(7, waiting.Result);
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryGet(out _, TimeSpan.FromSeconds(-5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.TryPut(1, TimeSpan.FromSeconds(-5)));
    });

    [Fact]
    public void Join_waits_for_the_last_TaskDone_and_one_too_many_is_said() => Watchdog.Run(() =>
    {
        SharedQueue<int> queue = Make<int>(new() { Joinable = true });
        Assert.True(queue.Join(TimeSpan.Zero));
        queue.Put(1);
        queue.Put(2);
        Task join = Task.Run(() => queue.Join());
        Assert.Equal((1, 2), (queue.Get(), queue.Get()));
        queue.TaskDone();
        Assert.Equal((0, 1), (queue.Count, queue.UnfinishedCount));
        Assert.False(join.Wait(30));
        using var soon = new CancellationTokenSource(30);
        Assert.Throws<OperationCanceledException>(() => queue.Join(soon.Token));
        queue.TaskDone();
        join.Wait();
        Assert.Throws<InvalidOperationException>(() => queue.TaskDone());
        SharedQueue<int> plain = Make<int>(new());
        Assert.Throws<InvalidOperationException>(() => plain.TaskDone());
        Assert.Throws<InvalidOperationException>(() => plain.Join());
        Assert.False(plain.IsJoinable);
    });

    [Fact]
    public void TaskDone_finishes_what_its_own_thread_got() => Watchdog.Run(() =>
    {
        SharedQueue<int> queue = Make<int>(new() { Joinable = true });
        queue.Put(1);
        queue.Put(2);
        Assert.Equal(1, queue.Get());
        Task.Factory.StartNew(
            () =>
            {
                Assert.Equal(2, queue.Get());
                queue.TaskDone();
            },
            TaskCreationOptions.LongRunning).Wait();

        // This handle is closed with 1 unfinished, and not with 2.
        SharedQueue<int> other = Attach(queue);
        queue.Dispose();
        Assert.Equal((1, 1), (other.Count, other.RedeliveredCount));
        Assert.Equal(1, other.Get());
    });

    [Fact]
    public void Join_does_not_return_between_an_item_and_those_that_it_leads_to() => Watchdog.Run(() =>
    {
        for (int round = 0; round < 30; round++)
        {
            SharedQueue<int> queue = Make<int>(new() { Joinable = true });
            int finished = 0;
            queue.Put(200);
            Task worker = Task.Run(() =>
            {
                while (queue.TryGet(out int left, Timeout.InfiniteTimeSpan))
                {
                    if (left > 0)
                    {
                        queue.Put(left - 1);
                    }

                    Interlocked.Increment(ref finished);
                    queue.TaskDone();
                }
            });
            queue.Join();
            Assert.Equal(201, Volatile.Read(ref finished));
            queue.Complete();
            worker.Wait();
        }
    });

    [Fact]
    public void A_completed_queue_refuses_items_and_gives_out_what_it_has() => Watchdog.Run(() =>
    {
        SharedQueue<int> queue = Make<int>(new() { MaxSize = 1 });
        SharedQueue<int> other = Attach(queue);
        queue.Put(1);
        Task putter = Task.Run(() => other.Put(2));
        Assert.False(putter.Wait(30));
        Assert.False(queue.IsCompleted);
        queue.Complete();
        queue.Complete();
        Assert.True(other.IsCompleted);
        Assert.IsType<InvalidOperationException>(Assert.Throws<AggregateException>(() => putter.Wait()).InnerException);
        Assert.Throws<InvalidOperationException>(() => queue.TryPut(3));
        Assert.Equal(1, other.Get());
        Assert.False(queue.TryGet(out _, Timeout.InfiniteTimeSpan));
        Assert.Throws<InvalidOperationException>(() => other.Get());
    });

    [Fact]
    public void Who_waits_for_an_item_is_told_when_the_queue_is_completed() => Watchdog.Run(() =>
    {
        SharedQueue<int> queue = Make<int>(new());
        Task<bool> waiting = Task.Run(() => queue.TryGet(out _, Timeout.InfiniteTimeSpan));
        Assert.False(waiting.Wait(30));
        queue.Complete();
        Assert.False(waiting.Result);
    });

    [Fact]
    public void A_joinable_queue_that_is_completed_is_over_when_the_last_item_of_others_is_finished() => Watchdog.Run(() =>
    {
        SharedQueue<int> queue = Make<int>(new() { Joinable = true });
        SharedQueue<int> other = Attach(queue);
        queue.Put(1);
        Assert.Equal(1, other.Get());
        queue.Complete();
        Task<bool> waiting = Task.Run(() => queue.TryGet(out _, Timeout.InfiniteTimeSpan));
        Assert.False(waiting.Wait(50));

        // To itself it is over: what it has it must finish itself.
        Assert.False(other.TryGet(out _, Timeout.InfiniteTimeSpan));
        other.TaskDone();
        Assert.False(waiting.Result);
    });

    [Fact]
    public void A_queue_of_a_few_bytes_serves_items_without_end()
    {
        SharedQueue<byte[]> queue = Make<byte[]>(new() { Capacity = 256, MaxSize = 2, Joinable = true });
        for (int i = 0; i < 5000; i++)
        {
            Assert.True(queue.TryPut(new byte[i % 60]));
            Assert.True(queue.TryGet(out byte[]? item));
            Assert.Equal(i % 60, item.Length);
            queue.TaskDone();
        }
    }

    [Fact]
    public void What_cannot_be_is_refused_and_leaves_nothing()
    {
        string name = _scratch.NewName();
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedQueue<int>.Create(name, new() { Capacity = 1000 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedQueue<int>.Create(name, new() { Capacity = 128 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => SharedQueue<int>.Create(name, new() { MaxSize = -1 }));
        Assert.Throws<NotSupportedException>(() => SharedQueue<Guid>.Create(name, null, new JsonSerializerOptions { TypeInfoResolver = Json.Default }));
        Assert.False(SharedMemory.Exists(name));
        Assert.Throws<FileNotFoundException>(() => SharedQueue<int>.Attach(name));
        SharedRing ring = _scratch.Messages(1024, RingMode.Mpmc);
        Assert.Contains("msgring", Assert.Throws<InvalidDataException>(() => SharedQueue<int>.Attach(ring.Name)).Message, StringComparison.Ordinal);
        SharedQueue<int> queue = Make<int>(new());
        Assert.Contains("queue", Assert.Throws<InvalidDataException>(() => SharedRing.Attach(queue.Name)).Message, StringComparison.Ordinal);
        Assert.Throws<SharedMemoryExistsException>(() => SharedQueue<int>.Create(queue.Name));

        // One whose maker died before the last line, and one whose header lies.
        queue.Block.GetReference<long>(4864 + (1 << 20) + 64) = 0;
        Assert.Throws<InvalidDataException>(() => SharedQueue<int>.Attach(queue.Name));
        queue.Block.GetReference<int>(32) = 1;
        Assert.Throws<InvalidDataException>(() => SharedQueue<int>.Attach(queue.Name));
    }

    [Fact]
    public void What_stands_where()
    {
        SharedQueue<byte[]> queue = Make<byte[]>(new() { Capacity = 512, MaxSize = 7, Joinable = true });
        SharedMemory block = queue.Block;
        const int Words = 4864 + 512;
        Assert.Equal("queue", System.Text.Encoding.ASCII.GetString(block.Span[16..24]).TrimEnd('\0'));
        Assert.Equal((Words + 192, 1, 3), (block.Size, block.GetReference<int>(8), block.GetReference<int>(32)));
        Assert.Equal((2, 1, 7, 0), (block.GetReference<int>(Words), block.GetReference<int>(Words + 4), block.GetReference<int>(Words + 8), block.GetReference<int>(Words + 12)));
        Assert.Equal("mutex", System.Text.Encoding.ASCII.GetString(block.Span[(Words + 80)..(Words + 88)]).TrimEnd('\0'));
        queue.Put([1]);
        Assert.Equal(6, block.GetReference<int>(Words + 16));
        queue.Complete();
        Assert.Equal(1, block.GetReference<int>(Words + 12));
    }

    [Fact]
    public void After_dispose_every_use_is_an_exception()
    {
        SharedQueue<int> queue = Make<int>(new() { Joinable = true });
        queue.Put(1);
        queue.Get();
        queue.Dispose();
        queue.Dispose();
        Assert.Throws<ObjectDisposedException>(() => queue.TryPut(1));
        Assert.Throws<ObjectDisposedException>(() => queue.TryGet(out _));
        Assert.Throws<ObjectDisposedException>(() => queue.TaskDone());
        Assert.Throws<ObjectDisposedException>(() => queue.Join());
        Assert.Throws<ObjectDisposedException>(() => queue.Complete());
        Assert.Throws<ObjectDisposedException>(() => queue.Count);
        Assert.Throws<ObjectDisposedException>(() => queue.IsCompleted);
    }

    [Fact]
    public void To_put_and_to_get_a_number_allocates_nothing()
    {
        SharedQueue<int> queue = Make<int>(new() { Joinable = true, MaxSize = 4 });
        long before = 0;
        for (int i = 0; i < 400; i++)
        {
            before = i == 200 ? GC.GetAllocatedBytesForCurrentThread() : before;
            queue.TryPut(i);
            queue.TryGet(out _);
            queue.TaskDone();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private SharedQueue<T> Make<T>(SharedQueueOptions options) => _scratch.Keep(SharedQueue<T>.Create(_scratch.NewName(), options));

    private SharedQueue<T> Attach<T>(SharedQueue<T> queue)
    {
        var attached = SharedQueue<T>.Attach(queue.Name);
        lock (_scratch)
        {
            return _scratch.Keep(attached);
        }
    }

    internal sealed record Order(int Number, string? Text, double[] Amounts);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Order))]
    private sealed partial class Json : JsonSerializerContext;
}
