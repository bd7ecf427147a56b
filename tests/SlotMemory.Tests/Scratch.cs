namespace Multiprocessing.Tests;

/// <summary>Tables, blocks and files that are gone at the end of a test, whatever became of it.</summary>
internal sealed class Scratch : ScratchSpace
{
    public string File => Path.Combine(Folder, "table.persist");

    public SlotMemory Table(int slotSize, int slotCount, SlotMemoryOptions? options = null) =>
        Keep(SlotMemory.Create(NewName(), slotSize, slotCount, options));

    public SlotMemory Attach(string name, bool readOnly = false) => Keep(SlotMemory.Attach(name, readOnly));

    /// <summary>The leases of children that were killed.</summary>
    protected override void AfterUnlink() => ProcessLease.RemoveDead();

    /// <summary>Grabs until the table is full; all numbers, in the order of the grabs.</summary>
    public static List<int> GrabAll(SlotMemory table)
    {
        var grabbed = new List<int>();
        while (table.TryGrab(out int index))
        {
            grabbed.Add(index);
        }

        return grabbed;
    }

    /// <summary>Checks that every slot can be had once, and no more; leaves the table empty.</summary>
    public static void AssertAllFree(SlotMemory table)
    {
        Assert.Equal(table.Count, table.FreeCount);
        List<int> grabbed = GrabAll(table);
        Assert.Equal(Enumerable.Range(0, table.Count), grabbed.Order());
        Assert.Equal(0, table.FreeCount);
        Assert.All(grabbed, index => Assert.True(table.Release(index)));
        Assert.Equal(table.Count, table.FreeCount);
    }
}
