using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Multiprocessing.Tests;

/// <summary>The file of a table: written, read back, migrated, refused.</summary>
public sealed class PersistTests
{
    [Fact]
    public void A_table_comes_back_as_it_was()
    {
        using var scratch = new Scratch();
        var options = new SlotMemoryOptions { Persist = scratch.File, Alignment = 64 };
        using (SlotMemory table = SlotMemory.Create(scratch.NewName(), 10, 5, options))
        {
            Assert.Equal(new SlotMemoryRestore(SlotMemoryRestoreOutcome.NoFile), table.Restore);
            Assert.Equal(scratch.File, table.PersistPath);
            table.Grab(1);
            table.Slot(1).Fill(0x11);
            table.Put(3, [3]);
            table.Slot(4).Fill(0x44);
        }

        SlotMemory again = scratch.Table(10, 5, options);
        Assert.Equal(new SlotMemoryRestore(SlotMemoryRestoreOutcome.Restored), again.Restore);
        Assert.Equal([false, true, false, true, false], Enumerable.Range(0, 5).Select(again.IsInUse));
        Assert.Equal(Enumerable.Repeat((byte)0x11, 10), again.Slot(1).ToArray());
        Assert.Equal(3, again.Slot(3)[0]);
        Assert.Equal(0x44, again.Slot(4)[9]);
        Assert.Equal(3, again.FreeCount);

        // Slots in use are nobody's now: no death gives them back, a release does.
        Assert.Equal(0, again.ReleaseDead());
        Assert.True(again.Release(1));
        Assert.Equal([0, 1, 2, 4], Scratch.GrabAll(again).Order());
    }

    [Fact]
    public void The_file_is_as_the_module_writes_it()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(3, 4, new() { Persist = scratch.File, PreGrab = true });
        table.Grab(0);
        table.Grab(2);
        table.Put(0, [1, 2, 3]);
        table.Put(2, [4, 5, 6]);
        table.Save();

        byte[] covered = [2, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 4, 5, 6, 0, 0, 0, 1, 0, 1, 0];
        Assert.Equal([.. covered, .. MD5.HashData(covered), 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0], File.ReadAllBytes(scratch.File));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(scratch.File));
        Assert.Single(Directory.GetFiles(scratch.Folder));
    }

    [Fact]
    public void ClearInUse_keeps_the_data_and_says_that_all_are_free()
    {
        using var scratch = new Scratch();
        var options = new SlotMemoryOptions { Persist = scratch.File, ClearInUse = true };
        using (SlotMemory table = SlotMemory.Create(scratch.NewName(), 4, 2, options))
        {
            table.Grab();
            table.Put(0, [1, 2, 3, 4]);
            table.Save();

            // The table that lives is not touched.
            Assert.True(table.IsInUse(0));
        }

        SlotMemoryFile file = SlotMemoryFile.Read(scratch.File);
        Assert.Equal((2, 2L, 9), (file.FreeCount, file.StoredFreeCount, file.Type));
        SlotMemory again = scratch.Table(4, 2, options);
        Assert.Equal(2, again.FreeCount);
        Assert.Equal([1, 2, 3, 4], again.Slot(0).ToArray());
    }

    [Fact]
    public void A_golden_file_of_the_module_is_read_and_written_byte_for_byte()
    {
        using var scratch = new Scratch();
        byte[] golden = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "t1_16x4_type1.persist"));
        File.WriteAllBytes(scratch.File, golden);

        SlotMemoryFile file = SlotMemoryFile.Read(scratch.File);
        Assert.Equal((4, 16, 1, 0, 4L), (file.Count, file.SlotSize, file.Type, file.FreeCount, file.StoredFreeCount));
        SlotMemory table = scratch.Table(16, 4, new() { Persist = scratch.File });
        Assert.Equal(SlotMemoryRestoreOutcome.Restored, table.Restore.Outcome);
        Assert.Equal(0, table.FreeCount);
        Assert.Equal("aa00000000000000000000000000aa00", Convert.ToHexStringLower(table.Slot(0)));
        Assert.Equal("00112233445566778899aabbccddeeff", Convert.ToHexStringLower(table.Slot(1)));
        Assert.Equal((0xcc, 0xdd), (table.Slot(2)[0], table.Slot(3)[0]));
        Assert.Equal(table.Slot(1), file.Slot(1));
        Assert.True(file.IsInUse(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.IsInUse(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Slot(-1).Length);

        table.Save();
        Assert.Equal(golden, File.ReadAllBytes(scratch.File));

        // The same, made from nothing.
        string made = scratch.File + "2";
        SlotMemory fresh = scratch.Table(16, 4, new() { Persist = made });
        for (int i = 0; i < 4; i++)
        {
            fresh.Put(i, table.Slot(i));
        }

        fresh.Save();
        Assert.Equal(golden, File.ReadAllBytes(made));
    }

    /// <summary>The table of what the module makes of each file is in docs/slot-memory.md: it takes over those marked, unchecked.</summary>
    [Theory]
    [InlineData("good", true)]
    [InlineData("good, and more behind it", true)]
    [InlineData("wrong digest", false)]
    [InlineData("wrong data", false)]
    [InlineData("wrong count in the descriptor", false)]
    [InlineData("wrong size in the descriptor", false)]
    [InlineData("wrong type", false)]
    [InlineData("no digest", false)]
    [InlineData("half a digest", false)]
    [InlineData("no descriptor", false)]
    [InlineData("half a descriptor", false)]
    [InlineData("empty", false)]
    [InlineData("shorter than the data", false)]
    [InlineData("fewer slots", false)]
    [InlineData("more slots", false)]
    [InlineData("shorter slots", false)]
    [InlineData("longer slots", false)]
    [InlineData("something else", false)]
    public void A_file_is_restored_whole_or_kept_aside(string what, bool restored)
    {
        using var scratch = new Scratch();
        byte[] bytes = Spoil(scratch, what);
        File.WriteAllBytes(scratch.File, bytes);

        SlotMemory table = scratch.Table(16, 4, new() { Persist = scratch.File });

        if (restored)
        {
            Assert.Equal(new SlotMemoryRestore(SlotMemoryRestoreOutcome.Restored), table.Restore);
            Assert.Equal([1, 2, 3, 4], Enumerable.Range(0, 4).Select(i => (int)table.Slot(i)[15]));
            Assert.Equal(2, table.FreeCount);
            return;
        }

        Assert.Equal(SlotMemoryRestoreOutcome.Rejected, table.Restore.Outcome);
        Assert.False(string.IsNullOrEmpty(table.Restore.Reason));
        Assert.Equal(scratch.File + ".rejected", table.Restore.KeptAs);
        Assert.Equal(bytes, File.ReadAllBytes(table.Restore.KeptAs!));
        Assert.False(File.Exists(scratch.File));
        Assert.All(Enumerable.Range(0, 4), i => Assert.Equal(new byte[16], table.Slot(i).ToArray()));
        Scratch.AssertAllFree(table);

        // It does not take the place of one that was kept aside before.
        File.WriteAllBytes(scratch.File, [1]);
        Assert.Equal(scratch.File + ".rejected.2", scratch.Table(16, 4, new() { Persist = scratch.File }).Restore.KeptAs);
    }

    [Theory]
    [InlineData("wrong digest")]
    [InlineData("fewer slots")]
    [InlineData("empty")]
    public void By_option_a_file_that_cannot_be_read_back_is_an_error_and_stays(string what)
    {
        using var scratch = new Scratch();
        byte[] bytes = Spoil(scratch, what);
        File.WriteAllBytes(scratch.File, bytes);
        string name = scratch.NewName();

        InvalidDataException e = Assert.Throws<InvalidDataException>(
            () => SlotMemory.Create(name, 16, 4, new() { Persist = scratch.File, RequireRestore = true }));

        Assert.Contains(scratch.File, e.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(scratch.File));
        Assert.False(SharedMemory.Exists(name));
    }

    [Theory]
    [InlineData(16, 8, 0, 0)]
    [InlineData(16, 3, 1, 0)]
    [InlineData(16, 1, 2, 0)]
    [InlineData(40, 4, 0, 0)]
    [InlineData(15, 4, 0, 4)]
    [InlineData(8, 4, 0, 4)]
    [InlineData(100, 2, 1, 0)]
    [InlineData(9, 200, 0, 4)]
    public void Another_geometry_is_migrated_by_option(int slotSize, int slotCount, int lost, int cut)
    {
        using var scratch = new Scratch();
        byte[] bytes = Spoil(scratch, "good");
        File.WriteAllBytes(scratch.File, bytes);

        SlotMemory table = scratch.Table(slotSize, slotCount, new() { Persist = scratch.File, Migrate = true });

        Assert.Equal((SlotMemoryRestoreOutcome.Migrated, lost, cut), (table.Restore.Outcome, table.Restore.LostSlots, table.Restore.CutSlots));
        for (int i = 0; i < slotCount; i++)
        {
            byte[] expected = new byte[slotSize];
            if (i < 4)
            {
                expected[0] = (byte)(i + 1);
                if (slotSize > 15)
                {
                    expected[15] = (byte)(i + 1);
                }
            }

            Assert.Equal(expected, table.Slot(i).ToArray());
            Assert.Equal(i is 1 or 3, table.IsInUse(i));
        }

        Assert.Equal(slotCount - (slotCount > 3 ? 2 : slotCount > 1 ? 1 : 0), table.FreeCount);

        // Until the first save the old file is in both places: a death must not lose it.
        Assert.Equal(scratch.File + ".migrated", table.Restore.KeptAs);
        Assert.Equal(bytes, File.ReadAllBytes(table.Restore.KeptAs!));
        Assert.Equal(bytes, File.ReadAllBytes(scratch.File));
        table.Save();
        Assert.Equal(slotCount, SlotMemoryFile.Read(scratch.File).Count);
    }

    [Fact]
    public void Another_type_is_migrated_by_option_and_a_torn_file_is_not()
    {
        using var scratch = new Scratch();
        File.WriteAllBytes(scratch.File, Spoil(scratch, "good"));
        SlotMemory table = scratch.Table(16, 4, new() { Persist = scratch.File, Migrate = true, PreGrab = true });
        Assert.Equal(SlotMemoryRestoreOutcome.Migrated, table.Restore.Outcome);
        Assert.Contains("type 1, not 5", table.Restore.Reason, StringComparison.Ordinal);
        Assert.Equal(4, table.Slot(3)[0]);

        File.WriteAllBytes(scratch.File, Spoil(scratch, "wrong data"));
        SlotMemory torn = scratch.Table(16, 8, new() { Persist = scratch.File, Migrate = true });
        Assert.Equal(SlotMemoryRestoreOutcome.Rejected, torn.Restore.Outcome);
        Assert.Equal(new byte[16], torn.Slot(0).ToArray());
    }

    /// <summary>After a race the module's count of free slots may be any number; the data are right all the same.</summary>
    [Theory]
    [InlineData(0u)]
    [InlineData(4294966357u)]
    [InlineData(3u)]
    public void The_count_of_free_slots_that_a_file_carries_is_not_believed(uint free)
    {
        using var scratch = new Scratch();
        byte[] bytes = Spoil(scratch, "good");
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, free);
        MD5.HashData(bytes.AsSpan(0, bytes.Length - 32), bytes.AsSpan(bytes.Length - 32));
        File.WriteAllBytes(scratch.File, bytes);
        SlotMemory table = scratch.Table(16, 4, new() { Persist = scratch.File });
        Assert.Equal(SlotMemoryRestoreOutcome.Restored, table.Restore.Outcome);
        Assert.Equal([0, 2], Scratch.GrabAll(table).Order());
    }

    [Fact]
    public void It_is_saved_by_interval() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 2, new() { Persist = scratch.File, SaveInterval = TimeSpan.FromMilliseconds(20) });
        Eventually.True(() => File.Exists(scratch.File), "the first save");
        Assert.Null(table.LastSaveFailure);
        table.Put(1, [42]);
        Eventually.True(() => SlotMemoryFile.Read(scratch.File).Slot(1)[0] == 42, "a save after the put");

        // A failure is noted, and mended by the next that succeeds.
        File.Delete(scratch.File);
        Directory.CreateDirectory(scratch.File);
        Eventually.True(() => table.LastSaveFailure is not null, "a save that fails");
        Directory.Delete(scratch.File);
        Eventually.True(() => table.LastSaveFailure is null && File.Exists(scratch.File), "a save after a failure");
        table.Dispose();
        DateTime written = File.GetLastWriteTimeUtc(scratch.File);
        Thread.Sleep(100);
        Assert.Equal(written, File.GetLastWriteTimeUtc(scratch.File));
    });

    [Fact]
    public void A_save_that_fails_says_so_and_leaves_the_old_file()
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(8, 2, new() { Persist = scratch.File });
        table.Save();
        string path = scratch.File;
        byte[] old = File.ReadAllBytes(path);
        File.Move(path, path + ".old");
        Directory.CreateDirectory(path);
        Assert.ThrowsAny<Exception>(table.Save);
        Assert.Empty(Directory.GetFiles(scratch.Folder, "*.tmp"));
        Directory.Delete(path);
        table.Save();
        Assert.Equal(old, File.ReadAllBytes(path));
        Assert.Throws<InvalidOperationException>(scratch.Table(8, 1).Save);
    }

    [Fact]
    public void Threads_that_save_at_once_take_turns() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SlotMemory table = scratch.Table(100, 50, new() { Persist = scratch.File });
        SlotMemory[] handles = [table, scratch.Attach(table.Name), scratch.Attach(table.Name)];
        Parallel.ForEach(handles, handle =>
        {
            for (int i = 0; i < 20; i++)
            {
                handle.Save();
                Assert.Equal(50, SlotMemoryFile.Read(scratch.File).Count);
            }
        });
        Assert.Single(Directory.GetFiles(scratch.Folder));
    });

    [Fact]
    public void A_table_larger_than_the_buffer_comes_back()
    {
        using var scratch = new Scratch();
        var options = new SlotMemoryOptions { Persist = scratch.File };
        byte[] data = new byte[200_001];
        new Random(3).NextBytes(data);
        using (SlotMemory table = SlotMemory.Create(scratch.NewName(), data.Length, 3, options))
        {
            table.Put(1, data);
        }

        Assert.Equal(data, scratch.Table(data.Length, 3, options).Slot(1).ToArray());
        Assert.Equal(data, SlotMemoryFile.Read(scratch.File).Slot(1).ToArray());
    }

    [Theory]
    [InlineData("good, and more behind it")]
    [InlineData("wrong digest")]
    [InlineData("empty")]
    [InlineData("something else")]
    public void What_is_no_whole_file_is_not_read_as_one(string what)
    {
        using var scratch = new Scratch();
        File.WriteAllBytes(scratch.File, Spoil(scratch, what));
        Assert.Contains(scratch.File, Assert.Throws<InvalidDataException>(() => SlotMemoryFile.Read(scratch.File)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => SlotMemoryFile.Read(scratch.File + ".no"));
    }

    /// <summary>A file of 4 slots of 16 bytes, of which 1 and 3 are grabbed, and what may become of it.</summary>
    private static byte[] Spoil(Scratch scratch, string what)
    {
        (int slotSize, int slotCount) = what switch
        {
            "fewer slots" => (16, 3),
            "more slots" => (16, 9),
            "shorter slots" => (15, 4),
            "longer slots" => (32, 4),
            _ => (16, 4),
        };
        string path = Path.Combine(scratch.Folder, "spoilt");
        using (SlotMemory table = SlotMemory.Create(scratch.NewName(), slotSize, slotCount, new() { Persist = path }))
        {
            table.ForEach((index, slot) =>
            {
                slot[0] = slot[Math.Min(15, slot.Length - 1)] = (byte)(index + 1);
                return true;
            });
            table.Grab(1);
            table.Grab(Math.Min(3, slotCount - 1));
        }

        byte[] bytes = File.ReadAllBytes(path);
        File.Delete(path);
        int covered = bytes.Length - 32;
        switch (what)
        {
            case "good, and more behind it":
                return [.. bytes, 1, 2, 3];
            case "wrong digest":
                bytes[covered]++;
                break;
            case "wrong data":
                bytes[20]++;
                break;
            case "wrong size in the descriptor":
                bytes[covered + 16]++;
                break;
            case "wrong count in the descriptor":
                bytes[covered + 24]++;
                break;
            case "wrong type":
                bytes[covered + 28] = 9;
                break;
            case "no digest":
                return bytes[..covered];
            case "half a digest":
                return bytes[..(covered + 8)];
            case "no descriptor":
                return bytes[..(covered + 16)];
            case "half a descriptor":
                return bytes[..(covered + 24)];
            case "empty":
                return [];
            case "shorter than the data":
                return bytes[..(covered - 1)];
            case "something else":
                return [.. Enumerable.Range(0, 300).Select(static i => (byte)(i * 7))];
        }

        return bytes;
    }
}
