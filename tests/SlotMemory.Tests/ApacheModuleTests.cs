namespace Multiprocessing.Tests;

/// <summary>Beside Apache's real module: its files and ours, its segments, and its answers.</summary>
public sealed class ApacheModuleTests
{
    private const int InvalidArgument = 22;
    private const int NoSuchFile = 2;
    private const int NoSharedMemory = 20015;
    private const int NotFound = 70015;

    [Fact]
    public void Its_file_is_read_by_ours_and_ours_by_it() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        using (var module = new ApacheModule(scratch.Folder))
        {
            module.Do("create both 12 5 5");
            module.Do("fgrab 1");
            module.Do("put 1 0102030405060708090a0b0c");
            module.Do("fgrab 4");
            module.Do("put 4 ff");
            module.End();
        }

        string theirs = Path.Combine(scratch.Folder, "slotmem-shm-both.shm.persist");
        byte[] written = File.ReadAllBytes(theirs);
        var options = new SlotMemoryOptions { Persist = theirs, PreGrab = true };
        SlotMemory ours = scratch.Table(12, 5, options);
        Assert.Equal(SlotMemoryRestoreOutcome.Restored, ours.Restore.Outcome);
        Assert.Equal("0102030405060708090a0b0c", Convert.ToHexStringLower(ours.Slot(1)));
        Assert.Equal(3, ours.FreeCount);
        ours.Save();
        Assert.Equal(written, File.ReadAllBytes(theirs));

        Assert.True(ours.Grab(0));
        ours.Put(0, "from .NET"u8);
        ours.Release(4);
        ours.Save();
        using var again = new ApacheModule(scratch.Folder);
        again.Do("create both 12 5 5");
        Assert.Equal((0, Convert.ToHexStringLower("from .NET"u8)), again.Call("get 0 9"));
        Assert.Equal((0, "0102030405060708090a0b0c"), again.Call("get 1 12"));
        Assert.Equal(NotFound, again.Call("get 4 1").Status);
        Assert.Equal((0, "3"), again.Call("free"));
    });

    [Fact]
    public void Its_segment_is_attached_to_by_its_file_name() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        using var module = new ApacheModule(scratch.Folder);
        string path = scratch.Folder + "/absolute";
        module.Do($"create {path} 7 3 4");
        module.Do("fgrab 2");
        module.Do("put 2 61626364656667");

        using HttpdSlotMemory table = HttpdSlotMemory.Attach(HttpdSlotMemory.FileNameOf(scratch.Folder, path));
        Assert.Equal((3, 7, 4, 2, 2L), (table.Count, table.SlotSize, table.Type, table.FreeCount, table.StoredFreeCount));
        Assert.Equal(HttpdSlotMemory.SegmentName(path), table.Block.Name);
        Assert.Equal("abcdefg"u8, table.ReadOnlySlot(2));
        byte[] part = new byte[3];
        table.Get(2, part);
        Assert.Equal("abc"u8.ToArray(), part);
        Assert.Equal([false, false, true], Enumerable.Range(0, 3).Select(table.IsInUse));
        var shown = new List<int>();
        Assert.True(table.ForEachReadOnly((index, _) =>
        {
            shown.Add(index);
            return true;
        }));
        Assert.Equal([2], shown);

        // It is seen live, and not written to unless asked for.
        module.Do("put 2 7a");
        Assert.Equal((byte)'z', table.ReadOnlySlot(2)[0]);
        Assert.Throws<NotSupportedException>(() => table.Slot(2).Length);
        using (HttpdSlotMemory writable = HttpdSlotMemory.Attach(path, readOnly: false))
        {
            writable.Slot(2)[1] = (byte)'y';
        }

        Assert.Equal((0, "7a7963"), module.Call("get 2 3"));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.ReadOnlySlot(3).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => table.IsInUse(-1));
        Assert.Throws<ArgumentException>(() => table.Get(0, new byte[8]));
        module.End();
        Assert.Throws<FileNotFoundException>(() => HttpdSlotMemory.Attach(path));
        table.Dispose();
        Assert.Throws<ObjectDisposedException>(() => table.FreeCount);
    });

    /// <summary>The rows of its API, with the status that it returns, beside what ours does in the same place.</summary>
    [Fact]
    public void Each_of_its_answers_has_one_of_ours() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        using var module = new ApacheModule(scratch.Folder);
        SlotMemory ours = scratch.Table(8, 3, new() { PreGrab = true });

        Assert.Equal(NoSuchFile, module.Call("attach missing").Status);
        Assert.Throws<FileNotFoundException>(() => SlotMemory.Attach("psm_missing"));
        Assert.Equal(NoSharedMemory, module.Call("attach none").Status);
        module.Do("create table 8 3 4");
        Assert.Equal((0, "8 3"), module.Call("attach table"));
        Assert.Equal(((0, "3"), (0, "8")), (module.Call("slots"), module.Call("size")));
        Assert.Equal((3, 8), (ours.Count, ours.SlotSize));

        // A second creation is the same table there, whatever it asks for; here an error.
        module.Do("create table 99 77 0");
        Assert.Equal((0, "8"), module.Call("size"));
        Assert.Throws<InvalidDataException>(() => SlotMemory.CreateOrAttach(ours.Name, 99, 77));

        string[] outOfRange = ["dptr 3", "get 3 1", "put 3 00", "fgrab 3", "release 3"];
        Assert.All(outOfRange, call => Assert.Equal((call, InvalidArgument), (call, module.Call(call).Status)));

        Assert.Equal(NotFound, module.Call("get 0 1").Status);
        Assert.Equal(NotFound, module.Call("put 0 00").Status);
        Assert.Throws<InvalidOperationException>(() => ours.Get(0, new byte[1]));
        Assert.Equal(NotFound, module.Call("release 0").Status);
        Assert.False(ours.Release(0));
        Assert.Equal((0, "0000000000000000"), module.Call("dptr 0"));
        Assert.Equal(new byte[8], ours.Slot(0).ToArray());

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal((0, $"{i}"), module.Call("grab"));
            Assert.Equal(i, ours.Grab());
        }

        Assert.Equal(InvalidArgument, module.Call("grab").Status);
        Assert.False(ours.TryGrab(out _));
        module.Do("fgrab 1");
        Assert.False(ours.Grab(1));
        Assert.Equal((0, "0"), module.Call("free"));
        module.Do("release 1");
        Assert.True(ours.Release(1));
        Assert.Equal((0, "1"), module.Call("free"));
        Assert.Equal(1, ours.FreeCount);
        Assert.Equal((0, "2"), module.Call("doall"));
        int shown = 0;
        ours.ForEach((_, _) => ++shown > 0);
        Assert.Equal(2, shown);
        Assert.Equal("1", module.Call("doall 1").Words);

        // 16 bytes into a slot of 8 go over the next one there.
        module.Do("put 0 00000000000000000102030405060708");
        module.Do("fgrab 1");
        Assert.Equal((0, "0102030405060708"), module.Call("get 1 8"));
        Assert.Throws<ArgumentException>(() => ours.Put(0, new byte[16]));

        // "none" is a table without a name.
        module.Do("create none 8 3 1");
        Assert.Equal((0, "0"), module.Call("grab"));
    });

    /// <summary>What it takes over though it should not, ours keeps aside; and what both refuse.</summary>
    [Theory]
    [InlineData("short", true)]
    [InlineData("empty", true)]
    [InlineData("grown", true)]
    [InlineData("torn", false)]
    public void It_takes_over_files_that_ours_refuses(string what, bool theyTakeIt) => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string path = Path.Combine(scratch.Folder, "slotmem-shm-t.shm.persist");
        using (SlotMemory table = SlotMemory.Create(scratch.NewName(), 8, 4, new() { Persist = path }))
        {
            for (int i = 0; i < 4; i++)
            {
                table.Put(i, [(byte)(i + 1), 2, 3, 4, 5, 6, 7, 8]);
            }
        }

        byte[] bytes = File.ReadAllBytes(path);
        int count = what == "grown" ? 16 : 4;
        File.WriteAllBytes(path, what switch
        {
            "short" => bytes[..30],
            "empty" => [],
            "torn" => [.. bytes[..10], 99, .. bytes[11..]],
            _ => bytes,
        });
        byte[] spoilt = File.ReadAllBytes(path);
        using (var module = new ApacheModule(scratch.Folder))
        {
            module.Do($"create t 8 {count} 1");
            bool took = module.Call("dptr 0").Words == "0102030405060708";
            Assert.Equal(theyTakeIt && what != "empty", took);
            if (what == "grown")
            {
                // Old in-use bytes, digest and descriptor, as if they were slots.
                Assert.StartsWith("01010101", module.Call("dptr 4").Words, StringComparison.Ordinal);
            }
        }

        SlotMemory ours = scratch.Table(8, count, new() { Persist = path });
        Assert.Equal(SlotMemoryRestoreOutcome.Rejected, ours.Restore.Outcome);
        Assert.Equal(spoilt, File.ReadAllBytes(ours.Restore.KeptAs!));
        Assert.Equal(new byte[8], ours.Slot(0).ToArray());
    });
}
