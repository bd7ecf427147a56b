using System.Text;

namespace Multiprocessing.Tests;

public sealed class BlockMapsTests
{
    [Fact]
    public void This_process_has_mapped_what_it_holds_whatever_became_of_the_name()
    {
        Peer.Require(OperatingSystem.IsLinux(), "/proc/PID/maps");
        using var scratch = new Scratch();
        SharedMemory twice = scratch.Create(5000);
        scratch.Attach(twice.Name);
        SharedMemory unlinked = scratch.Create(10);
        unlinked.Unlink();
        SharedMemory closed = scratch.Create(10);
        closed.Dispose();

        var maps = BlockMaps.Of(Environment.ProcessId);

        Assert.True(maps.IsKnown);
        Assert.Equal(0, maps.UnreadableProcesses);
        BlockMap mapped = Assert.Single(maps.Maps, map => map.Name == twice.Name);
        Assert.Equal((2, false), (mapped.Count, mapped.IsDeleted));
        Assert.InRange(mapped.Bytes, 2 * 5000, 2 * 65536);
        Assert.True(Assert.Single(maps.Maps, map => map.Name == unlinked.Name).IsDeleted);
        Assert.DoesNotContain(maps.Maps, map => map.Name == closed.Name);
        Assert.Contains(BlockMaps.Read().Maps, map => map.ProcessId == Environment.ProcessId && map.Inode == mapped.Inode);
    }

    [Fact]
    public void Lines_of_other_devices_and_names_with_strange_letters_are_read_right()
    {
        const string Text =
            "5600-5700 r-xp 00000000 fe:01 77                         /usr/bin/ 00:1a here\n"
            + "7f00-9f00 rw-s 00000000 00:1a 12                         /dev/shm/a b\\012c (deleted)\n"
            + "a000-b000 rw-s 00001000 00:1a 12                         /dev/shm/a b\\012c (deleted)\n"
            + "b000-c000 rw-p 00000000 00:00 0 \n"
            + "c000-d000 r--s 00000000 00:1a 13                         /dev/shm/last";
        var maps = new List<BlockMap>();

        LinuxMaps.Parse(9, Encoding.UTF8.GetBytes(Text), " 00:1a "u8, maps);

        Assert.Equal([new BlockMap(9, "a b\nc", 12, 0x3000, 2, true), new BlockMap(9, "last", 13, 0x1000, 1, false)], maps);
    }
}
