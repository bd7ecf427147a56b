namespace Multiprocessing.Tests;

public sealed class CreateTests
{
    [Fact]
    public void A_new_table_is_free_and_zero()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(24, 10);

        Assert.Equal((10, 24, 24L, 10, false), (table.Count, table.SlotSize, table.Stride, table.FreeCount, table.IsPreGrab));
        Assert.Null(table.PersistPath);
        Assert.Equal(SlotMemoryRestoreOutcome.None, table.Restore.Outcome);
        for (int i = 0; i < table.Count; i++)
        {
            Assert.False(table.IsInUse(i));
            Assert.Equal(new byte[24], table.Slot(i).ToArray());
        }
    }

    [Fact]
    public void Another_handle_sees_the_same_table()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 4);
        SlotMemory other = scratch.Attach(table.Name);

        int index = table.Grab();
        table.Put(index, "hello"u8);

        byte[] seen = new byte[5];
        other.Get(index, seen);
        Assert.Equal("hello"u8.ToArray(), seen);
        Assert.True(other.IsInUse(index));
        Assert.Equal(3, other.FreeCount);
        Assert.True(other.Release(index));
        Assert.Equal(4, table.FreeCount);
    }

    [Fact]
    public void Without_a_name_it_gets_one()
    {
        using SlotMemory table = SlotMemory.Create(null, 8, 1);
        Assert.StartsWith("psm_", table.Name, StringComparison.Ordinal);
        table.Unlink();
        Assert.Throws<FileNotFoundException>(() => SlotMemory.Attach(table.Name));
    }

    [Fact]
    public void A_table_in_memory_without_a_name_and_one_in_a_file()
    {
        using var scratch = new Scratch();
        using (SlotMemory anonymous = SlotMemory.Create(null, 8, 2, new() { Block = new() { Backing = SharedMemoryBacking.Anonymous } }))
        {
            Assert.Equal(0, scratch.Attach(anonymous.Name).Grab());
            Assert.Equal(1, anonymous.FreeCount);
        }

        string path = Path.Combine(scratch.Folder, "table");
        var inFile = new SlotMemoryOptions { Block = new() { Backing = SharedMemoryBacking.File } };
        using (SlotMemory first = SlotMemory.CreateOrAttach(path, 8, 2, inFile))
        {
            first.Slot(1)[0] = 7;
        }

        using SlotMemory second = SlotMemory.CreateOrAttach(path, 8, 2, inFile);
        Assert.False(second.Block.WasCreated);
        Assert.Equal(7, second.Slot(1)[0]);
    }

    [Fact]
    public void A_name_that_is_taken_is_refused_by_Create()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 4);
        Assert.Throws<SharedMemoryExistsException>(() => SlotMemory.Create(table.Name, 8, 4));
        Assert.Throws<SharedMemoryExistsException>(() => SlotMemory.Create(table.Name, 16, 2));
        Assert.Equal(4, table.FreeCount);
    }

    [Fact]
    public void CreateOrAttach_makes_the_table_once()
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();
        SlotMemory first = scratch.Keep(SlotMemory.CreateOrAttach(name, 8, 4, new() { PreGrab = true }));
        SlotMemory second = scratch.Keep(SlotMemory.CreateOrAttach(name, 8, 4, new() { PreGrab = true }));
        Assert.Equal((true, false), (first.Block.WasCreated, second.Block.WasCreated));
        Assert.True(second.IsPreGrab);
    }

    /// <summary>httpd returns the table that is there and says nothing.</summary>
    [Theory]
    [InlineData(16, 4, false, "4 slots of 8 bytes", "4 slots of 16 bytes")]
    [InlineData(8, 5, false, "4 slots of 8 bytes", "5 slots of 8 bytes")]
    [InlineData(8, 4, true, "4 slots of 8 bytes", "4 slots of 8 bytes (PreGrab)")]
    public void An_existing_table_of_another_geometry_is_a_clear_error(int slotSize, int slotCount, bool preGrab, string there, string asked)
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 4);
        table.Grab();

        InvalidDataException e = Assert.Throws<InvalidDataException>(
            () => SlotMemory.CreateOrAttach(table.Name, slotSize, slotCount, new() { PreGrab = preGrab }));

        Assert.Contains(table.Name, e.Message, StringComparison.Ordinal);
        Assert.Contains($"with {there},", e.Message, StringComparison.Ordinal);
        Assert.Contains($"with {asked},", e.Message, StringComparison.Ordinal);
        Assert.Equal(3, table.FreeCount);
    }

    [Fact]
    public void An_existing_table_kept_in_another_file_is_a_clear_error()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 4, new() { Persist = scratch.File });
        InvalidDataException e = Assert.Throws<InvalidDataException>(
            () => SlotMemory.CreateOrAttach(table.Name, 8, 4, new() { Persist = scratch.File + "2" }));
        Assert.Contains($"kept in '{scratch.File}'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_is_refused_and_leaves_nothing()
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();
        Assert.Throws<ArgumentOutOfRangeException>(() => SlotMemory.Create(name, 0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => SlotMemory.Create(name, 8, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SlotMemory.Create(name, -8, -4));
        Assert.Throws<ArgumentException>(() => SlotMemory.Create(name, 8, 4, new() { Alignment = 0 }));
        Assert.Throws<ArgumentException>(() => SlotMemory.Create(name, 8, 4, new() { Alignment = 48 }));
        Assert.Throws<ArgumentException>(() => SlotMemory.Create(name, 8, 4, new() { Alignment = 8192 }));
        Assert.Throws<ArgumentException>(() => SlotMemory.Create(name, 8, 4, new() { Persist = "" }));
        Assert.Throws<ArgumentException>(() => SlotMemory.Create(name, 8, 4, new() { Persist = "a\0b" }));
        Assert.Throws<ArgumentException>(() => SlotMemory.Create(name, 8, 4, new() { Persist = new string('x', 5000) }));
        Assert.Throws<ArgumentException>(() => SlotMemory.Create(name, 8, 4, new() { SaveInterval = TimeSpan.FromSeconds(1) }));
        Assert.Throws<ArgumentException>(() => SlotMemory.Create(name, 8, 4, new() { Persist = scratch.File, SaveInterval = TimeSpan.Zero }));
        Assert.Throws<ArgumentException>(() => SlotMemory.Create("a/b", 8, 4));
        Assert.Throws<ArgumentNullException>(() => SlotMemory.CreateOrAttach(null!, 8, 4));
        Assert.Throws<DirectoryNotFoundException>(() => SlotMemory.Create(name, 8, 4, new() { Persist = scratch.Folder + "/no/table" }));
        Assert.Throws<SharedMemoryFullException>(() => SlotMemory.Create(name, int.MaxValue, int.MaxValue));
        Assert.False(SharedMemory.Exists(name));
        Assert.Throws<FileNotFoundException>(() => SlotMemory.Attach(name));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 8, 8)]
    [InlineData(8, 8, 8)]
    [InlineData(9, 8, 16)]
    [InlineData(9, 64, 64)]
    [InlineData(65, 64, 128)]
    [InlineData(544, 1, 544)]
    [InlineData(7, 4096, 4096)]
    public void Slots_are_aligned_by_option(int slotSize, int alignment, int stride)
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(slotSize, 3, new() { Alignment = alignment });
        Assert.Equal(stride, table.Stride);
        unsafe
        {
            for (int i = 0; i < table.Count; i++)
            {
                fixed (byte* slot = table.Slot(i))
                {
                    Assert.Equal(0, (nint)slot % alignment);
                }
            }
        }

        // Slots and their neighbours are apart.
        for (int i = 0; i < table.Count; i++)
        {
            table.Slot(i).Fill((byte)(i + 1));
        }

        for (int i = 0; i < table.Count; i++)
        {
            Assert.Equal(Enumerable.Repeat((byte)(i + 1), slotSize), table.Slot(i).ToArray());
        }

        Assert.Equal(3, table.FreeCount);
    }

    [Fact]
    public void It_is_listed_as_slots()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 1);
        Assert.Equal("slots", SharedMemory.List().Single(block => block.Name == table.Name).Kind);
    }
}
