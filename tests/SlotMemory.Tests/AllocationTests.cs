namespace Multiprocessing.Tests;

/// <summary>Slots are read, written, grabbed and released without anything on the heap.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Hot_paths_do_not_allocate()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(64, 300);
        SlotMemory full = scratch.Table(64, 3);
        Scratch.GrabAll(full);
        using SlotMemory<long> typed = SlotMemory<long>.Create(scratch.NewName(), 10);
        byte[] bytes = new byte[64];
        SlotVisitor visitor = static (_, _) => true;
        (string What, Action Use)[] uses =
        [
            ("Put", () => table.Put(3, bytes)),
            ("Get", () => table.Get(3, bytes)),
            ("Slot", () => table.Slot(3)[0]++),
            ("ForEach", () => table.ForEach(visitor)),
            ("FreeCount", () => _ = table.FreeCount),
            ("IsInUse", () => table.IsInUse(1)),
            ("Grab and Release", () => table.Release(table.Grab())),
            ("Grab of one's own choice", () => table.Release(table.Grab(200) ? 200 : 0)),
            ("many grabs and releases", () =>
            {
                for (int i = 0; i < 250; i++)
                {
                    table.TryGrab(out _);
                }

                for (int i = 0; i < 300; i++)
                {
                    table.Release(i);
                }
            }),
            ("a refused grab", () => full.TryGrab(out _)),
            ("typed", () => typed.Put(1, typed.Get(1) + typed[2])),
        ];

        Assert.All(uses, use => Assert.Equal((use.What, 0L), (use.What, Allocations.By(use.Use))));
    }
}
