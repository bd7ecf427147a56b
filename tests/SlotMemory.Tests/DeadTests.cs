namespace Multiprocessing.Tests;

/// <summary>Slots of dead processes, without kills: a lease that is let go is that of a dead process.</summary>
[Collection(Alone.Name)]
public sealed class DeadTests : IDisposable
{
    public void Dispose()
    {
        ProcessLease.Abandon();
        ProcessLease.RemoveDead();
    }

    [Fact]
    public void ReleaseDead_gives_back_what_the_dead_had_and_no_more()
    {
        using var scratch = new Scratch();
        SlotMemory dead = scratch.Table(8, 10);
        dead.Grab(2);
        dead.Grab(7);
        dead.Put(9, [1]);
        Assert.Equal(0, dead.ReleaseDead());
        ProcessLease.Abandon();

        SlotMemory alive = scratch.Attach(dead.Name);
        alive.Grab(5);
        Assert.Equal(2, alive.ReleaseDead());
        Assert.Equal(0, alive.ReleaseDead());

        // What was put is nobody's.
        Assert.Equal(8, alive.FreeCount);
        Assert.True(alive.IsInUse(5) && alive.IsInUse(9));
    }

    [Fact]
    public void The_lease_of_the_dead_is_removed_with_their_slots()
    {
        using var scratch = new Scratch();
        SlotMemory dead = scratch.Table(8, 10);
        dead.Grab();
        ulong id = ProcessLease.Current.Id;
        ProcessLease.Abandon();
        SlotMemory alive = scratch.Attach(dead.Name);
        Assert.Equal(1, alive.ReleaseDead());
        Assert.False(File.Exists($"/dev/shm/.psm_process_{id:x16}.lease"));
        Assert.True(ProcessLease.IsDead(id));

        // A second table, whose owner's lease is gone by now.
        SlotMemory other = scratch.Table(8, 10);
        other.Block.GetReference<ulong>(SlotLayout.MembersAt + 8) = id;
        Assert.Equal(9, other.FreeCount);
        Assert.Equal(1, other.ReleaseDead());
    }

    [Fact]
    public void A_full_table_gives_back_the_slots_of_the_dead_by_option()
    {
        using var scratch = new Scratch();
        SlotMemory dead = scratch.Table(8, 100, new() { ReleaseDeadWhenFull = true });
        SlotMemory without = scratch.Table(8, 100);
        Assert.Equal(100, Scratch.GrabAll(dead).Count);
        Assert.Equal(100, Scratch.GrabAll(without).Count);
        ProcessLease.Abandon();

        // The option is the table's, whoever attached.
        Assert.Equal(Enumerable.Range(0, 100), Scratch.GrabAll(scratch.Attach(dead.Name)).Order());
        Assert.False(scratch.Attach(without.Name).TryGrab(out _));
    }

    [Fact]
    public void Of_many_that_clean_up_at_once_one_gives_back_each_slot() => Watchdog.Run(() =>
    {
        for (int round = 0; round < 50; round++)
        {
            using var scratch = new Scratch();
            SlotMemory dead = scratch.Table(8, 200);
            Assert.Equal(200, Scratch.GrabAll(dead).Count);
            ProcessLease.Abandon();
            SlotMemory[] cleaners = [.. Enumerable.Range(0, 4).Select(_ => scratch.Attach(dead.Name))];
            int released = 0;
            Parallel.ForEach(cleaners, cleaner => Interlocked.Add(ref released, cleaner.ReleaseDead()));
            Assert.Equal(200, released);
            Scratch.AssertAllFree(cleaners[0]);
        }
    });

    [Fact]
    public void A_saver_and_members_that_died_are_replaced()
    {
        using var scratch = new Scratch();
        SlotMemory dead = scratch.Table(8, 2, new() { Persist = scratch.File });
        for (int i = 0; i < SlotLayout.Members; i++)
        {
            scratch.Attach(dead.Name);
        }

        dead.Block.GetReference<ulong>(SlotLayout.SaverAt) = ProcessLease.Current.Id;
        string leftover = $"{scratch.File}.{ProcessLease.Current.Id:x16}-0123abcd.tmp";
        File.WriteAllText(leftover, "half");
        string another = $"{scratch.File}.mine.tmp";
        File.WriteAllText(another, "not ours");
        ProcessLease.Abandon();

        using (SlotMemory alive = SlotMemory.Attach(dead.Name))
        {
            alive.Put(0, [7]);
            alive.Save();
            Assert.False(File.Exists(leftover));
            Assert.True(File.Exists(another));
            Assert.Equal(7, SlotMemoryFile.Read(scratch.File).Slot(0)[0]);
            alive.Put(0, [8]);
        }

        // It was the last, as all others are dead.
        Assert.Equal(8, SlotMemoryFile.Read(scratch.File).Slot(0)[0]);
        Assert.Equal(0UL, dead.Block.GetReference<ulong>(SlotLayout.SaverAt));
    }
}
