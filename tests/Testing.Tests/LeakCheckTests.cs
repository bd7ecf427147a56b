using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What is no leak is not reported, what is told to whom, and what removing removes.</summary>
public sealed class LeakCheckTests
{
    private static readonly LeakCheckOptions Impatient = new() { Grace = TimeSpan.Zero };

    [Fact]
    public void A_test_that_leaves_nothing_passes() => Watchdog.Run(static () =>
    {
        using LeakCheck check = LeakCheck.Start(new LeakCheckOptions { TrackCreators = true, Scope = LeakScope.Everything });
        using (var manager = SharedMemoryManager.Start())
        {
            using SharedMemory block = manager.CreateBlock(100);
            using ShareableList list = manager.CreateList(1, 2);
            using SharedMutex mutex = manager.CreateMutex();
            using (mutex.Enter())
            {
                block.Span[0] = 1;
            }

            using Process child = manager.StartProcess(new ProcessStartInfo("true"));
            child.WaitForExit();
        }

        using (SharedMemory block = SharedMemory.Create(100))
        {
            block.Unlink();
        }

        ChildProcess.RunToEnd("leak-neighbour");
        check.Verify();
        Assert.StartsWith("Nothing was left behind since ", check.Check().ToString(), StringComparison.Ordinal);
    });

    [Fact]
    public void What_goes_within_the_grace_is_no_leak() => Watchdog.Run(static () =>
    {
        using LeakCheck check = LeakCheck.Start(new LeakCheckOptions { Grace = TimeSpan.FromSeconds(30) });
        SharedMemory block = SharedMemory.Create(100);
        Task later = Task.Run(async () =>
        {
            await Task.Delay(200);
            block.Unlink();
            block.Dispose();
        });

        check.Verify();
        later.Wait();
    });

    [Fact]
    public void A_neighbours_block_and_manager_are_not_blamed_on_this_process_tree() => Watchdog.Run(static () =>
    {
        using LeakCheck own = LeakCheck.Start(Impatient);
        using LeakCheck all = LeakCheck.Start(Impatient with { Scope = LeakScope.Everything });
        using ChildProcess neighbour = ChildProcess.Start(Detach, "leak-neighbour");
        string[] told = neighbour.ReadLine().Split(' ');
        string[] names = told[1..];

        // Of all that there is by now, the shell and the pipes to it are this process's.
        IReadOnlyList<Leak> leaks = own.Check().Leaks;
        Assert.All(leaks, static leak => Assert.True(leak.Kind is LeakKinds.Processes or LeakKinds.Descriptors, leak.ToString()));
        Assert.DoesNotContain(leaks, leak => leak.Kind == LeakKinds.Processes && leak.Name == told[0]);
        Assert.Subset(all.Check().Leaks.Select(static leak => leak.Name).ToHashSet(), names.ToHashSet());

        neighbour.CloseInput();
        neighbour.WaitForExit();
        Eventually.True(() => !Array.Exists(names, SharedMemory.Exists), "the neighbour has ended");
    });

    [Fact]
    public void Disposing_does_not_throw_and_tells_the_log_what_nobody_has_asked_for()
    {
        var told = new List<string>();
        SharedMemory block;
        using (LeakCheck.Start(Impatient with { Log = told.Add }))
        {
            block = Plants.PlantBlock();
        }

        Planted.CleanUp(block);
        Assert.Contains(block.Name, Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_watched_or_let_pass_is_not_reported()
    {
        using LeakCheck others = LeakCheck.Start(Impatient with { Watch = LeakKinds.All & ~(LeakKinds.Blocks | LeakKinds.Mappings) });
        using LeakCheck passing = LeakCheck.Start(Impatient with { Ignore = static leak => leak.Name.StartsWith("let_pass_", StringComparison.Ordinal) });
        using SharedMemory block = SharedMemory.Create(10, $"let_pass_{Environment.ProcessId}");

        others.Verify();
        passing.Verify();
        block.Unlink();
    }

    [Fact]
    public void Removing_ends_processes_and_unlinks_names() => Watchdog.Run(static () =>
    {
        using LeakCheck check = LeakCheck.Start(Impatient);
        using SharedMemory block = Plants.PlantBlock();
        using Process process = Plants.PlantProcess();
        Assert.False(check.Check().IsClean);

        LeakReport left = check.RemoveLeaks();

        Assert.Equal(LeakKinds.Mappings, Assert.Single(left.Leaks).Kind);
        Assert.False(SharedMemory.Exists(block.Name));
        process.WaitForExit();
    });

    [Fact]
    public void A_report_without_makers_says_how_to_have_them()
    {
        using LeakCheck check = LeakCheck.Start(Impatient with { Watch = LeakKinds.Processes });
        using Process process = Plants.PlantProcess();

        LeakReport report = check.Check();
        process.Kill();
        process.WaitForExit();

        Assert.StartsWith(
            string.Create(CultureInfo.InvariantCulture, $"1 thing was left behind since {nameof(A_report_without_makers_says_how_to_have_them)} (LeakCheckTests.cs:"),
            report.ToString(),
            StringComparison.Ordinal);
        Assert.Contains("(LeakCheckOptions.TrackCreators names who made it)", report.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Makes a child nobody's: its parent ends at once, a shell that waits for the end of the input is all that is left, and it does not inherit the mark of this run.</summary>
    private static void Detach(ProcessStartInfo start)
    {
        string[] command = [start.FileName, .. start.ArgumentList];
        start.FileName = "sh";
        start.ArgumentList.Clear();
        foreach (string argument in (string[])["-c", "exec 3<&0; (\"$@\" <&3 &); cat >/dev/null", "sh", .. command])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Remove("MULTIPROCESSING_LEAK_CHECK");
        start.Environment.Remove("MULTIPROCESSING_TRACK_CREATORS");
    }
}
