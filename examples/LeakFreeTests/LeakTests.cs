namespace LeakFreeTests;

/// <summary>How a leak looks.</summary>
public sealed class LeakTests
{
    [Fact]
    public void A_leak_is_reported_with_the_place_that_made_it()
    {
        using LeakCheck check = LeakCheck.Start(new LeakCheckOptions { TrackCreators = true, Grace = TimeSpan.FromMilliseconds(100) });
        using SharedMemory block = Forget();

        LeakReport report = check.Check();
        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        check.RemoveLeaks();

        // Two: the name in shared memory, and the mapping of this process.
        Assert.Equal([LeakKinds.Blocks, LeakKinds.Mappings], report.Leaks.Select(static leak => leak.Kind));
        Assert.All(report.Leaks, leak => Assert.Equal(block.Name, leak.Name));
        Assert.Contains($"{nameof(LeakTests)}.{nameof(Forget)}()", report.ToString(), StringComparison.Ordinal);
    }

    private static SharedMemory Forget() => SharedMemory.Create(1000);
}
