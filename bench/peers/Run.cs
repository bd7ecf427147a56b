namespace Multiprocessing.Bench;

/// <summary>All that is measured.</summary>
/// <param name="pythons">The interpreters; the first is the peer of every row.</param>
/// <param name="contest">The rounds of most comparisons.</param>
/// <param name="processContest">The rounds of whole processes and of hand-overs.</param>
/// <param name="installs">Whether what is missing is installed.</param>
internal sealed class Run(IReadOnlyList<Python> pythons, Contest contest, Contest processContest, bool installs)
{
    private readonly List<string> _failed = [];

    /// <summary>Whether nothing failed. A peer that is not installed is no failure.</summary>
    internal bool IsComplete => _failed.Count == 0 && contest.Failures + processContest.Failures == 0;

    /// <summary>Measures the groups whose names contain one of these texts, or all.</summary>
    internal Report Measure(IReadOnlyList<string> only)
    {
        string load = $"Load before {Machine.Load()}";
        using var keeper = new Keeper();
        using Peer python = PythonPeer.TryStart(pythons);
        Group[] groups =
        [
            new(2, "managed blocks", () => Blocks.Managed(contest, python)),
            new(2, "bare blocks", () => Blocks.Bare(contest, python)),
            new(2, "attach", () => Blocks.Attach(contest, python)),
            new(2, "start", () => Lives.Start(contest, python)),
            new(2, "list", () => Lists.All(contest, python)),
            new(4, "uncontended", () => Locks.All(contest)),
            new(4, "hand-over", () => HandOvers.All(processContest)),
            new(8, "slots", () => Slots.All(contest)),
            new(5, "array", () => Arrays.All(contest, pythons, installs)),
            new(7, "rings", () => Rings.All(contest)),
            new(9, "rpc", () => Calls.All(contest, pythons)),
            new(9, "sync types", () => SyncTypes.All(contest, pythons)),
            new(2, "whole process", () => WholeProcesses.All(processContest, pythons)),
            new(6, "area", () => Areas.All(contest)),
            new(2, "shutdown", () => Lives.Shutdown(contest, python)),
        ];
        Group[] wanted = [.. groups.Where(group => only.Count == 0 || only.Any(text => group.Name.Contains(text, StringComparison.OrdinalIgnoreCase)))];
        (int, Row)[] rows = [.. wanted.SelectMany(group => Measure(group).Select(row => (group.Issue, row)))];
        string some = wanted.Length == groups.Length ? "" : $" Only {string.Join(", ", wanted.Select(group => group.Name))}.";
        return new Report(
            $"{Machine.Describe()}. {contest.Rounds} rounds in turn, {processContest.Rounds} for whole processes and for hand-overs.{some}{string.Concat(_failed.Select(failure => $" FAILED: {failure}"))}",
            $"{load}, after {Machine.Load()} (the benchmark itself is up to 2), on {DateTime.UtcNow:yyyy-MM-dd}.",
            [.. Installation.Versions(pythons)],
            rows);
    }

    private IReadOnlyList<Row> Measure(Group group)
    {
        Console.Error.WriteLine($"{group.Name} …");
        try
        {
            return [.. group.Run()];
        }
        catch (InvalidOperationException e)
        {
            // What could be measured is reported all the same.
            Console.Error.WriteLine($"{group.Name}: {e.Message}");
            _failed.Add($"{group.Name}: {e.Message}");
            return [];
        }
    }
}
