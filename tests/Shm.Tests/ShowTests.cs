using System.Text.Json;
using Multiprocessing.Shm;

namespace Multiprocessing.Tests;

public sealed class ShowTests
{
    [Fact]
    public void Every_kind_is_recognised_and_decoded_and_nothing_of_it_is_changed() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        var made = EveryKind.All.Select(kind => (kind.Kind, Structure: kind.Create(manager))).ToList();
        foreach ((string kind, ISharedStructure structure) in made)
        {
            using SharedMemory block = SharedMemory.Attach(structure.Block.Name, readOnly: true);
            byte[] before = block.ReadOnlySpan.ToArray();

            Assert.Equal(kind, KindRecognizer.KindOf(block.Name));
            Fields fields = StructureDecoder.Decode(block.Name, kind);

            Assert.NotEmpty(fields);
            Assert.DoesNotContain(fields, static field => field.Name == StructureDecoder.Problem);
            Assert.True(before.AsSpan().SequenceEqual(block.ReadOnlySpan), kind);
        }

        EveryKind.Dispose(made.Select(static one => one.Structure));
    });

    [Fact]
    public void The_tool_says_items_values_depth_and_slots() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using ShareableList list = manager.CreateList("howdy", 41, 2.5, true, null, new byte[] { 1, 255 });
        using SharedArray<int> array = manager.CreateArray<int>(2, 3);
        array.Fill(7);
        using SharedRing<int> ring = manager.CreateRing<int>(8);
        Assert.True(ring.TryEnqueue(1) && ring.TryEnqueue(2));
        using SlotMemory slots = manager.CreateSlots(16, 10);
        slots.Grab();
        using SharedQueue<string> queue = manager.CreateQueue<string>();
        queue.Put("one");
        using SharedMemoryPool pool = manager.CreatePool(4, 100);
        pool.Rent();

        JsonElement items = Contents(list.Name).GetProperty("items");
        Assert.Equal("""["howdy",41,2.5,true,null,"01ff"]""", JsonSerializer.Serialize(items));
        Assert.Equal("[2,3]", JsonSerializer.Serialize(Contents(array.Name).GetProperty("shape")));
        Assert.Contains("7 7 7 7 7 7", Contents(array.Name).GetProperty("firstValues").GetString(), StringComparison.Ordinal);
        JsonElement inRing = Contents(ring.Name);
        Assert.Equal(2, inRing.GetProperty("depth").GetInt64());
        Assert.Equal(1, inRing.GetProperty("handles")[0].GetProperty("handles").GetInt32());
        Assert.Equal(Environment.ProcessId, inRing.GetProperty("handles")[0].GetProperty("pid").GetInt32());
        Assert.Equal(1, Contents(slots.Name).GetProperty("inUse").GetInt32());
        Assert.Equal(1, Contents(queue.Name).GetProperty("depth").GetInt64());
        Assert.Equal((3, 1), (Contents(pool.Name).GetProperty("free").GetInt64(), Contents(pool.Name).GetProperty("rented").GetInt64()));
        Assert.Equal("alive", Tool.Json("show", list.Name.Split('_')[1]).GetProperty("state").GetString());
    });

    [Fact]
    public void A_lock_is_shown_with_its_holder_and_after_a_death_as_abandoned_which_it_stays() => Watchdog.Run(() =>
    {
        using SharedMutex mutex = SharedMutex.Create();
        try
        {
            Assert.Equal("free", State(mutex));
            using (ChildProcess holder = ChildProcess.Start("lock-hold", "mutex", mutex.Name))
            {
                Assert.Equal("held", holder.ReadLine());
                JsonElement held = Contents(mutex.Name).GetProperty("mutex");
                Assert.Equal("held", held.GetProperty("state").GetString());
                Assert.Equal(holder.Id, held.GetProperty("pid").GetInt32());
                holder.Kill();
            }

            Assert.Equal("abandoned", State(mutex));
            Assert.Equal("abandoned", State(mutex));
            Assert.True(mutex.TryEnter());
            Assert.True(mutex.Abandoned);
            mutex.Exit();
            Assert.Equal("free", State(mutex));
        }
        finally
        {
            mutex.Unlink();
        }
    });

    [Fact]
    public void Garbage_in_any_header_is_said_and_not_thrown() => Watchdog.Run(() =>
    {
        var random = new Random(20261121);
        using var manager = SharedMemoryManager.Start();
        ISharedStructure[] made = EveryKind.Make(manager);
        foreach (string source in made.Select(static structure => structure.Block.Name))
        {
            byte[] whole;
            using (SharedMemory original = SharedMemory.Attach(source, readOnly: true))
            {
                whole = original.ReadOnlySpan.ToArray();
            }

            for (int round = 0; round < 40; round++)
            {
                byte[] bytes = whole[..(round % 4 == 0 ? random.Next(1, whole.Length + 1) : whole.Length)];
                for (int i = 0; i < 1 + (round % 8); i++)
                {
                    // The header, the control words, or the end, where a list has its formats and an array its footer.
                    int at = random.Next(3) switch { 0 => random.Next(8, 64), 1 => random.Next(1024), _ => bytes.Length - 1 - random.Next(64) };
                    bytes[Math.Clamp(at, 0, bytes.Length - 1)] = (byte)random.Next(256);
                }

                using SharedMemory spoiled = manager.CreateBlock(bytes.Length);
                bytes.CopyTo(spoiled.Span);
                string kind = KindRecognizer.KindOf(spoiled.Name);
                Assert.NotEmpty(StructureDecoder.Decode(spoiled.Name, kind));
                manager.Release(spoiled.Name);
            }
        }

        EveryKind.Dispose(made);
    });

    [Fact]
    public void A_torn_structure_is_exit_code_3_and_a_missing_one_1() => Watchdog.Run(() =>
    {
        using SharedRing<int> ring = SharedRing<int>.Create(8);
        try
        {
            ring.Block.AsSpan<long>(40, 1)[0] = 12345;
            ProcessResult torn = Tool.Run("show", ring.Name);
            Assert.Equal(3, torn.ExitCode);
            Assert.Contains("capacity 12345", torn.Output, StringComparison.Ordinal);
            Assert.Empty(torn.Error);
        }
        finally
        {
            ring.Block.AsSpan<long>(40, 1)[0] = 8;
            ring.Unlink();
        }

        ProcessResult missing = Tool.Run("show", "no_such_block");
        Assert.Equal((1, ""), (missing.ExitCode, missing.Output));
        Assert.Contains("no_such_block", missing.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", missing.Error, StringComparison.Ordinal);
    });

    private static string? State(SharedMutex mutex) => Contents(mutex.Name).GetProperty("mutex").GetProperty("state").GetString();

    private static JsonElement Contents(string name) => Tool.Json("show", name).GetProperty("contents");
}
