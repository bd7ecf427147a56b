using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;

namespace Multiprocessing.Tests;

/// <summary>grab, fgrab, release and num_free_slots.</summary>
public sealed class GrabTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(300_000)]
    public void Every_slot_is_given_once_and_then_the_table_is_full(int count)
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(1, count, new() { Alignment = 1 });
        Scratch.AssertAllFree(table);
        Scratch.AssertAllFree(table);
    }

    [Fact]
    public void A_new_table_gives_its_slots_in_order()
    {
        using var scratch = new Scratch();
        Assert.Equal(Enumerable.Range(0, 200), Scratch.GrabAll(scratch.Table(8, 200)));
    }

    [Fact]
    public void Full_is_an_answer_and_an_exception()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 2);
        Assert.Equal([0, 1], new[] { table.Grab(), table.Grab() });

        Assert.False(table.TryGrab(out int index));
        Assert.Equal(-1, index);
        SlotMemoryFullException e = Assert.Throws<SlotMemoryFullException>(() => table.Grab());
        Assert.Equal((table.Name, 2), (e.Name, e.Count));

        Assert.True(table.Release(1));
        Assert.Equal(1, table.Grab());
        for (int i = 0; i < 1000; i++)
        {
            Assert.False(table.TryGrab(out _));
        }

        Assert.True(table.Release(0));
        Assert.True(table.TryGrab(out index));
        Assert.Equal(0, index);
    }

    [Fact]
    public void A_slot_of_ones_own_choice()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 3);
        Assert.True(table.Grab(1));
        Assert.False(table.Grab(1));
        Assert.Equal(2, table.FreeCount);
        Assert.Equal([0, 2], Scratch.GrabAll(table).Order());
    }

    [Fact]
    public void A_slot_is_released_once_whoever_grabbed_it()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 3);
        SlotMemory other = scratch.Attach(table.Name);
        int index = table.Grab();
        Assert.False(table.Release(2));
        Assert.True(other.Release(index));
        Assert.False(table.Release(index));
        Assert.Equal(3, table.FreeCount);
    }

    [Fact]
    public void A_released_slot_keeps_its_data_unless_grabs_clear()
    {
        using var scratch = new Scratch();
        SlotMemory keeps = scratch.Table(8, 1);
        SlotMemory clears = scratch.Table(8, 1, new() { ClearOnGrab = true });
        foreach (SlotMemory table in new[] { keeps, clears })
        {
            table.Grab();
            table.Put(0, [1, 2, 3]);
            table.Release(0);
            Assert.Equal(1, table.Slot(0)[0]);
            table.Grab();
        }

        Assert.Equal([1, 2, 3, 0, 0, 0, 0, 0], keeps.Slot(0).ToArray());
        Assert.Equal(new byte[8], clears.Slot(0).ToArray());
        clears.Slot(0).Fill(9);
        clears.Release(0);
        Assert.True(clears.Grab(0));
        Assert.Equal(new byte[8], clears.Slot(0).ToArray());
    }

    /// <summary>Any order of calls, by three handles, does what a set of numbers would.</summary>
    [Fact]
    public void It_does_what_a_set_would()
    {
        Gen<(int Call, int Index, int Handle)[]> calls =
            (from call in Gen.Choose(0, 9) from index in Gen.Choose(0, 9999) from handle in Gen.Choose(0, 2) select (call, index, handle)).ArrayOf();
        Gen<int> counts = Gen.Elements(1, 3, 64, 70, 130, 5000);
        Property property = Prop.ForAll(calls.Zip(counts).ToArbitrary(), static input =>
        {
            ((int Call, int Index, int Handle)[] steps, int count) = input;
            using var scratch = new Scratch();
            SlotMemory first = scratch.Table(2, count);
            SlotMemory[] handles = [first, scratch.Attach(first.Name), scratch.Attach(first.Name)];
            var inUse = new HashSet<int>();
            if (steps.Length % 2 == 0)
            {
                // From the full side too.
                inUse.UnionWith(Scratch.GrabAll(first));
            }

            foreach ((int call, int number, int handle) in steps)
            {
                SlotMemory table = handles[handle];
                int index = number % count;
                switch (call)
                {
                    case < 4:
                        bool some = table.TryGrab(out int grabbed);
                        Assert.Equal(inUse.Count < count, some);
                        Assert.True(!some || inUse.Add(grabbed));
                        break;
                    case < 8:
                        Assert.Equal(inUse.Remove(index), table.Release(index));
                        break;
                    case 8:
                        Assert.Equal(inUse.Add(index), table.Grab(index));
                        break;
                    default:
                        table.Put(index, [1]);
                        inUse.Add(index);
                        break;
                }

                Assert.Equal(count - inUse.Count, table.FreeCount);
                Assert.Equal(inUse.Contains(index), table.IsInUse(index));
            }
        });
        property.QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Threads_that_grab_and_release_never_share_a_slot() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 70);
        long wrong = 0;
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            var random = new Random(thread);
            var own = new Stack<int>();
            for (int i = 0; i < 50_000; i++)
            {
                if (random.Next(2) == 0 && table.TryGrab(out int index))
                {
                    Count(Interlocked.Exchange(ref MemoryMarshal.AsRef<long>(table.Slot(index)), thread + 1) != 0);
                    own.Push(index);
                }
                else if (own.TryPop(out index))
                {
                    Count(Interlocked.Exchange(ref MemoryMarshal.AsRef<long>(table.Slot(index)), 0) != thread + 1);
                    Count(!table.Release(index));
                }
            }

            while (own.TryPop(out int index))
            {
                table.Slot(index).Clear();
                table.Release(index);
            }
        });
        Assert.Equal(0, wrong);
        Scratch.AssertAllFree(table);

        void Count(bool isWrong)
        {
            if (isWrong)
            {
                Interlocked.Increment(ref wrong);
            }
        }
    });

    /// <summary>"Full" is no guess: with one slot more than threads, each of which holds one at most, nobody may hear it.</summary>
    [Fact]
    public void No_grab_is_refused_while_a_slot_is_free() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 260);
        for (int i = 0; i < 254; i++)
        {
            table.Grab();
        }

        int refused = 0;
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, thread =>
        {
            SlotMemory own = scratch.Attach(table.Name);
            for (int i = 0; i < 30_000; i++)
            {
                if (own.TryGrab(out int index))
                {
                    own.Release(index);
                }
                else
                {
                    Interlocked.Increment(ref refused);
                }
            }
        });
        Assert.Equal(0, refused);
        Assert.Equal(6, table.FreeCount);
    });
}
