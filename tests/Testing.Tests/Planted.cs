namespace Multiprocessing.Tests;

/// <summary>Runs what leaves something under a check, and looks at what the check says.</summary>
internal static class Planted
{
    private static readonly LeakCheckOptions Options = new() { TrackCreators = true, Grace = TimeSpan.FromMilliseconds(100) };

    /// <summary>The report after something was planted, which is cleaned up afterwards; then nothing may be left.</summary>
    internal static LeakReport Report<T>(Func<T> plant, Action<T> cleanUp, LeakCheckOptions? options = null)
    {
        using LeakCheck check = LeakCheck.Start(options ?? Options);
        T planted = plant();
        try
        {
            return Assert.Throws<LeakException>(check.Verify).Report;
        }
        finally
        {
            cleanUp(planted);
            using LeakCheck after = LeakCheck.Start(Options with { Grace = TimeSpan.FromSeconds(30) });
            check.RemoveLeaks();
        }
    }

    /// <summary>The one leak of a kind, and who made it: that the report's text names its method and the file.</summary>
    internal static Leak AssertNamed(LeakReport report, LeakKinds kind, string name, string maker)
    {
        Leak leak = Assert.Single(report.Leaks, leak => leak.Kind == kind && leak.Name == name);
        string text = report.ToString();
        Assert.Contains(name, text, StringComparison.Ordinal);
        Assert.Contains(leak.Creators, creator => creator.ProcessId == Environment.ProcessId
            && creator.StackTrace.Contains($".Plants.{maker}(", StringComparison.Ordinal) && creator.StackTrace.Contains(Plants.File, StringComparison.Ordinal));
        Assert.Contains($".Plants.{maker}(", text, StringComparison.Ordinal);
        Assert.DoesNotContain("CreatorLog", text, StringComparison.Ordinal);
        return leak;
    }

    internal static void CleanUp(ISharedStructure planted)
    {
        planted.Unlink();
        planted.Dispose();
    }
}
