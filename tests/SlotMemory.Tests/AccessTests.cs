namespace Multiprocessing.Tests;

/// <summary>doall, dptr, get and put: each row of the module's table, with its return codes as exceptions.</summary>
public sealed class AccessTests
{
    [Fact]
    public void Put_and_Get_copy_the_beginning_and_leave_the_rest()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 2);
        table.Put(0, [1, 2, 3, 4, 5, 6, 7, 8]);
        table.Put(0, [9, 9]);
        table.Put(0, []);

        byte[] part = new byte[3];
        table.Get(0, part);
        table.Get(0, []);

        Assert.Equal([9, 9, 3], part);
        Assert.Equal([9, 9, 3, 4, 5, 6, 7, 8], table.Slot(0).ToArray());
        Assert.Equal(new byte[8], table.Slot(1).ToArray());
    }

    /// <summary>The module copies whatever length it is told, over the next slot and past the end.</summary>
    [Fact]
    public void More_than_a_slot_is_refused_and_changes_nothing()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 2);
        table.Slot(1).Fill(7);

        Assert.Equal("source", Assert.Throws<ArgumentException>(() => table.Put(0, new byte[9])).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentException>(() => table.Get(1, new byte[99])).ParamName);

        Assert.Equal(new byte[8], table.Slot(0).ToArray());
        Assert.Equal(Enumerable.Repeat((byte)7, 8), table.Slot(1).ToArray());
        Assert.False(table.IsInUse(0));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void There_is_no_such_slot(int index)
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 2, new() { PreGrab = true });
        Action[] uses =
        [
            () => table.Slot(index), () => table.ReadOnlySlot(index), () => table.Get(index, new byte[1]), () => table.Put(index, new byte[1]),
            () => table.Grab(index), () => table.Release(index), () => table.IsInUse(index),
        ];
        Assert.All(uses, use => Assert.Equal("index", Assert.Throws<ArgumentOutOfRangeException>(use).ParamName));
        Assert.Equal(2, table.FreeCount);
    }

    [Fact]
    public void With_PreGrab_a_free_slot_is_neither_read_nor_written()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 2, new() { PreGrab = true });

        Assert.Contains("Slot 0", Assert.Throws<InvalidOperationException>(() => table.Get(0, new byte[1])).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => table.Put(0, new byte[1]));
        table.Grab(0);
        table.Put(0, [5]);
        byte[] one = new byte[1];
        table.Get(0, one);
        Assert.Equal([5], one);
        table.Release(0);
        Assert.Throws<InvalidOperationException>(() => table.Get(0, new byte[1]));

        // dptr asks nothing, and release left the data.
        Assert.Equal(5, table.Slot(0)[0]);
    }

    /// <summary>In the module a get marks the slot too. A read that changes the table is a trap, and who attached read-only could not.</summary>
    [Fact]
    public void Without_PreGrab_a_put_marks_the_slot_and_a_get_does_not()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 3);
        table.Get(0, new byte[1]);
        Assert.False(table.IsInUse(0));
        Assert.Equal(3, table.FreeCount);

        table.Put(1, [1]);
        Assert.True(table.IsInUse(1));
        Assert.Equal(2, table.FreeCount);
        Assert.False(table.Grab(1));
        Assert.Equal([0, 2], Scratch.GrabAll(table).Order());
        Assert.True(table.Release(1));
        Assert.True(table.TryGrab(out int index));
        Assert.Equal(1, index);
    }

    [Fact]
    public void ForEach_shows_all_slots_and_stops_when_told()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(4, 5);
        table.Grab(3);
        var shown = new List<int>();

        Assert.True(table.ForEach((index, slot) =>
        {
            slot.Fill((byte)index);
            shown.Add(index);
            return true;
        }));
        Assert.Equal([0, 1, 2, 3, 4], shown);
        Assert.Equal([4, 4, 4, 4], table.Slot(4).ToArray());

        shown.Clear();
        Assert.False(table.ForEachReadOnly((index, slot) =>
        {
            shown.Add(slot[0]);
            return index < 2;
        }));
        Assert.Equal([0, 1, 2], shown);
        Assert.False(table.ForEach((_, _) => false));
        Assert.Throws<ArgumentNullException>(() => table.ForEach(null!));
        Assert.Throws<ArgumentNullException>(() => table.ForEachReadOnly(null!));
    }

    [Fact]
    public void With_PreGrab_ForEach_shows_slots_in_use_only()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(4, 5, new() { PreGrab = true });
        table.Grab(1);
        table.Grab(4);
        var shown = new List<int>();
        Assert.True(table.ForEach((index, _) =>
        {
            shown.Add(index);
            return true;
        }));
        Assert.True(table.ForEachReadOnly((index, _) =>
        {
            shown.Add(index);
            return true;
        }));
        Assert.Equal([1, 4, 1, 4], shown);
    }

    [Fact]
    public void A_table_attached_read_only_is_read_and_not_written()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(4, 2, new() { Persist = scratch.File });
        table.Put(0, [1, 2, 3, 4]);
        SlotMemory reader = scratch.Attach(table.Name, readOnly: true);

        byte[] read = new byte[4];
        reader.Get(0, read);
        Assert.Equal([1, 2, 3, 4], read);
        reader.Get(1, read);
        Assert.Equal([1, 2, 3, 4], reader.ReadOnlySlot(0).ToArray());
        Assert.Equal((1, true, false), (reader.FreeCount, reader.IsInUse(0), reader.IsInUse(1)));
        Assert.True(reader.ForEachReadOnly((_, _) => true));
        Action[] writes =
        [
            () => reader.Put(0, [1]), () => reader.Slot(0), () => reader.ForEach((_, _) => true), () => reader.Grab(), () => reader.Grab(1),
            () => reader.TryGrab(out _), () => reader.Release(0), () => reader.ReleaseDead(), reader.Save,
        ];
        Assert.All(writes, write => Assert.Throws<NotSupportedException>(write));
    }

    [Fact]
    public void After_Dispose_everything_says_so()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(4, 2, new() { Persist = scratch.File });
        table.Dispose();
        table.Dispose();
        Action[] uses =
        [
            () => table.Put(0, [1]), () => table.Get(0, new byte[1]), () => table.Slot(0), () => table.ReadOnlySlot(0), () => table.IsInUse(0),
            () => _ = table.FreeCount, () => table.Grab(), () => table.Grab(0), () => table.TryGrab(out _), () => table.Release(0),
            () => table.ReleaseDead(), table.Save, () => table.ForEach((_, _) => true), () => table.ForEachReadOnly((_, _) => true),
        ];
        Assert.All(uses, use => Assert.Throws<ObjectDisposedException>(use));
        Assert.Equal((2, 4), (table.Count, table.SlotSize));
        Assert.Equal($"SlotMemory('{table.Name}', 2 slots of 4 bytes)", table.ToString());
    }
}
