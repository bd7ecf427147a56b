using System.Globalization;

namespace Multiprocessing;

/// <summary>Processes that were started and run still.</summary>
internal static class ProcessLeaks
{
    internal static IEnumerable<Leak> Find(IEnumerable<int> processIds, Surroundings around)
    {
        foreach (int id in processIds.Order())
        {
            if (ProcessTable.Find(id) is ProcessEntry process && around.IsWatched(process))
            {
                yield return Describe(process, around);
            }
        }
    }

    internal static Leak Describe(ProcessEntry process, Surroundings around)
    {
        string parent = process.ParentId == Environment.ProcessId ? "a child of this process" : $"a child of process {process.ParentId}";
        string whose = around.IsOwn(process.Id) ? "" : ", not started by this run";
        string start = string.Create(CultureInfo.InvariantCulture, $"start tick {process.Start}");
        return new Leak(LeakKinds.Processes, process.Id.ToString(CultureInfo.InvariantCulture), $"{process.CommandLine} ({parent}{whose}, {start})")
        {
            Process = process,
            Creators = around.Book.OfProcess(process),
        };
    }
}
