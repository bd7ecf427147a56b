using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>A file system of 1 MiB that is full, in a mount namespace of the child's own.</summary>
public sealed class FullTests
{
    private const int MiB = 1 << 20;
    private const string Big = "67108864";

    [Fact]
    public void A_full_dev_shm_is_an_exception_with_the_numbers_and_the_remedy_and_nothing_is_left() => Watchdog.Run(static () =>
    {
        string[] lines = RunOn("/dev/shm", "psm_big", Big, "named", "psm_most", "900000", "named", "psm_more", "900000", "named");

        Assert.StartsWith($"full psm_big {Big} {MiB} ", lines[0], StringComparison.Ordinal);
        Assert.Contains("mount -o remount,size=… /dev/shm", lines[0], StringComparison.Ordinal);
        Assert.Contains("--shm-size", lines[0], StringComparison.Ordinal);
        Assert.Contains($"{MiB} are free in /dev/shm", lines[0], StringComparison.Ordinal);
        Assert.Equal("made 900000 600", lines[1]);
        Assert.StartsWith("full psm_more 900000 ", lines[2], StringComparison.Ordinal);
        Assert.InRange(long.Parse(lines[2].Split(' ')[3], CultureInfo.InvariantCulture), 1, MiB - 900_000);
        Assert.Equal(["/dev/shm/psm_most 600"], lines[3..]);
    });

    [Fact]
    public void A_full_disk_is_one_too_for_a_block_in_a_file() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        string path = Path.Combine(scratch.Folder, "block.bin");

        string[] lines = RunOn(scratch.Folder, path, Big, "file", path, "900000", "file");

        Assert.StartsWith($"full file://{path} {Big} {MiB} ", lines[0], StringComparison.Ordinal);
        Assert.Contains($"{MiB} are free in {scratch.Folder}", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("--shm-size", lines[0], StringComparison.Ordinal);
        Assert.Contains("another disk", lines[0], StringComparison.Ordinal);
        Assert.Equal(["made 900000 600", $"{path} 600"], lines[1..]);
    });

    [Fact]
    public void Without_reserving_a_block_may_be_larger_than_what_is_free() => Watchdog.Run(static () =>
        Assert.Equal([$"made {Big} 600", "/dev/shm/psm_sparse 600"], RunOn("/dev/shm", "psm_sparse", Big, "sparse")));

    private static string[] RunOn(string folder, params string[] args)
    {
        string[] wrapper = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs \"$0\" && exec \"$@\"", folder];
        Wrapped.Require("right to mount in a namespace of its own (unshare --mount)", wrapper);
        return Wrapped.Run(wrapper, "block-create", args);
    }
}
