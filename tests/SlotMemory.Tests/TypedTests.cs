using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

public sealed class TypedTests
{
    [StructLayout(LayoutKind.Sequential)]
    private struct Worker
    {
        public long Requests;
        public int Port;
        public byte State;
    }

    [Fact]
    public void A_slot_is_a_value()
    {
        using var scratch = new Scratch();
        using SlotMemory<Worker> workers = SlotMemory<Worker>.Create(scratch.NewName(), 4, new() { PreGrab = true });
        using SlotMemory<Worker> others = SlotMemory<Worker>.Attach(workers.Name);
        int index = workers.Grab();
        workers.Put(index, new Worker { Port = 8080, State = 1 });
        Interlocked.Add(ref others[index].Requests, 5);

        Assert.Equal((5L, 8080, 1), (workers.Get(index).Requests, workers[index].Port, others.Get(index).State));
        Assert.True(others.ForEach((i, ref worker) =>
        {
            worker.Port += i + 1;
            return true;
        }));
        Assert.Equal(8081, workers[0].Port);
        Assert.Equal((4, 3, true), (workers.Count, workers.FreeCount, workers.IsInUse(0)));
        Assert.Throws<InvalidOperationException>(() => others.Get(3));
        Assert.Throws<InvalidOperationException>(() => others.Put(3, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => workers[4].Port = 1);
        Assert.True(others.Grab(2));
        Assert.True(others.TryGrab(out int another));
        Assert.True(workers.Release(2) && workers.Release(another) && workers.Release(0));
        Assert.Equal(0, workers.ReleaseDead());
        Assert.Equal(4, others.Table.FreeCount);
        Assert.Equal(16, workers.Table.SlotSize);
    }

    [Fact]
    public void A_table_of_another_slot_size_is_refused()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(23, 1);
        Assert.Contains("has 16", Assert.Throws<InvalidDataException>(() => SlotMemory<Worker>.Attach(table.Name)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_typed_table_is_kept_in_its_file()
    {
        using var scratch = new Scratch();
        var options = new SlotMemoryOptions { Persist = scratch.File };
        using (SlotMemory<long> table = SlotMemory<long>.CreateOrAttach(scratch.NewName(), 3, options))
        {
            table.Put(2, 77);
            table.Save();
            Assert.True(File.Exists(scratch.File));
            table.Unlink();
        }

        using SlotMemory<long> again = SlotMemory<long>.CreateOrAttach(scratch.NewName(), 3, options);
        Assert.Equal((77, 2), (again.Get(2), again.FreeCount));
    }
}
