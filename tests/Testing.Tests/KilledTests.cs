namespace Multiprocessing.Tests;

/// <summary>Makers are known of processes that were killed, and a killed run is cleaned up after by the next.</summary>
public sealed class KilledTests
{
    [Fact]
    public void A_run_that_is_killed_is_reported_by_the_next_with_the_makers_and_cleaned_up() => Watchdog.Run(static () =>
    {
        string records = Directory.CreateTempSubdirectory("leak-records-").FullName;
        var options = new LeakCheckOptions { RecordDirectory = records, Log = static _ => { } };
        using ChildProcess child = ChildProcess.Start("leak-run", records);
        string[] names = child.ReadLine().Split(' ');

        using (LeakCheck early = LeakCheck.Start(options))
        {
            Assert.True(early.LeftByKilledRuns.IsClean, "The run lives.");
        }

        child.Kill();
        var told = new List<string>();
        using LeakCheck next = LeakCheck.Start(options with { Log = told.Add });

        Assert.Equal(names.Order(StringComparer.Ordinal), next.LeftByKilledRuns.Leaks.Select(static leak => leak.Name));
        string text = next.LeftByKilledRuns.ToString();
        Assert.Equal([text], told);
        Assert.Contains("LeakVerbs.MakeBlockInKilledRun(", text, StringComparison.Ordinal);
        Assert.Contains("LeakVerbs.MakeListInKilledRun(", text, StringComparison.Ordinal);
        Assert.Contains("LeakVerbs.cs", text, StringComparison.Ordinal);
        Assert.Contains($"by process {child.Id} (", text, StringComparison.Ordinal);
        Assert.All(names, static name => Assert.False(SharedMemory.Exists(name)));
        next.Verify();

        using LeakCheck last = LeakCheck.Start(options);
        Assert.True(last.LeftByKilledRuns.IsClean, "It was told once.");
        Assert.Empty(Directory.GetFileSystemEntries(records));
        Directory.Delete(records);
    });

    [Fact]
    public void What_a_killed_run_has_left_stays_while_a_living_process_has_it_mapped() => Watchdog.Run(static () =>
    {
        string records = Directory.CreateTempSubdirectory("leak-records-").FullName;
        var options = new LeakCheckOptions { RecordDirectory = records, Log = static _ => { } };
        using ChildProcess child = ChildProcess.Start("leak-run", records);
        string[] names = child.ReadLine().Split(' ');
        child.Kill();

        using (SharedMemory used = SharedMemory.Attach(names[0]))
        {
            using LeakCheck next = LeakCheck.Start(options);
            Leak left = Assert.Single(next.LeftByKilledRuns.Leaks, leak => leak.Name == names[0]);
            Assert.EndsWith("left alone", left.Detail, StringComparison.Ordinal);
            Assert.True(SharedMemory.Exists(names[0]));
            Assert.False(SharedMemory.Exists(names[1]));
            used.Unlink();
        }

        Directory.Delete(records);
    });

    [Fact]
    public void A_name_that_somebody_else_has_made_anew_is_not_taken_for_the_killed_runs() => Watchdog.Run(static () =>
    {
        string records = Directory.CreateTempSubdirectory("leak-records-").FullName;
        using ChildProcess child = ChildProcess.Start("leak-run", records);
        string[] names = child.ReadLine().Split(' ');
        child.Kill();
        Assert.All(names, static name => Assert.True(SharedMemory.TryUnlink(name)));
        using SharedMemory anew = SharedMemory.Create(10, names[0]);

        using LeakCheck next = LeakCheck.Start(new LeakCheckOptions { RecordDirectory = records });

        Assert.True(next.LeftByKilledRuns.IsClean);
        Assert.True(SharedMemory.Exists(names[0]));
        anew.Unlink();
        Directory.Delete(records);
    });

    [Fact]
    public void A_child_that_is_killed_has_written_down_what_it_made() => Watchdog.Run(static () =>
    {
        using LeakCheck check = LeakCheck.Start(new LeakCheckOptions { TrackCreators = true, Grace = TimeSpan.Zero, Watch = LeakKinds.Blocks });
        using ChildProcess child = ChildProcess.Start("leak-forget");
        string name = child.ReadLine();
        child.Kill();

        LeakReport report = check.Check();
        SharedMemory.TryUnlink(name);

        Leak leak = Assert.Single(report.Leaks);
        Assert.Equal(name, leak.Name);
        LeakCreator creator = Assert.Single(leak.Creators);
        Assert.Equal(child.Id, creator.ProcessId);
        Assert.Contains("leak-forget", creator.CommandLine, StringComparison.Ordinal);
        Assert.Contains("LeakVerbs.MakeForgottenBlock(", creator.StackTrace, StringComparison.Ordinal);
    });
}
