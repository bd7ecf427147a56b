namespace Multiprocessing.Tests;

/// <summary>What examples/QuickStart prints.</summary>
public sealed class QuickStartTests
{
    [Fact]
    public void It_prints_what_the_readme_shows_and_leaves_nothing() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        AssertOutput(Example.Lines(Example.Run("QuickStart")));
        before.AssertUnchanged();
    });

    /// <summary>All that QuickStart prints, in whatever form it was published.</summary>
    internal static void AssertOutput(string[] lines)
    {
        const string List = @"ShareableList\(\['howdy', {0}, 2\.5, True, None\], name='psm_[0-9a-f]{{12}}_2'\)";
        string[] patterns =
        [
            @"manager  SharedMemoryManager\('[0-9a-f]{12}', server=[0-9]+\)",
            @"block    SharedMemory\('psm_[0-9a-f]{12}_1', size=1024\)",
            "list     " + string.Format(null, List, 41),
            @"child    attached to both, and made SharedMemory\('psm_[0-9a-f]{12}_c[0-9a-f]{6}_1', size=64\)",
            "the child wrote 42 into the block and made the list " + string.Format(null, List, 42),
            @"tracked  psm_[0-9a-f]{12}_1 +block +1024 bytes, made by process [0-9]+",
            @"tracked  psm_[0-9a-f]{12}_2 +list +[0-9]+ bytes, made by process [0-9]+",
            @"tracked  psm_[0-9a-f]{12}_c[0-9a-f]{6}_1 +block +64 bytes, made by process [0-9]+",
            "left in shared memory: 0",
        ];
        Assert.Collection(lines, [.. patterns.Select(pattern => (Action<string>)(line => Assert.Matches($"^{pattern}$", line)))]);
    }
}
