namespace Multiprocessing;

/// <summary>Who made what, as all processes of a run have written it down.</summary>
internal sealed class CreatorBook
{
    private readonly List<ProcessRecords> _processes;

    private CreatorBook(List<ProcessRecords> processes) => _processes = processes;

    /// <summary>The processes that wrote.</summary>
    internal IReadOnlyList<ProcessRecords> Processes => _processes;

    /// <summary>Reads all that lies in a folder; nothing if it is null.</summary>
    internal static CreatorBook Read(string? folder) =>
        new(folder is null || !Directory.Exists(folder)
            ? []
            : [.. Directory.EnumerateFiles(folder, "*" + CreatorLog.Extension).Select(ProcessRecords.Read)]);

    /// <summary>Who made the block of that name and the structures in it; who attached to it, if nobody of the run made it.</summary>
    internal IReadOnlyList<LeakCreator> OfBlock(string name, ulong inode)
    {
        List<CreatorRecord> all = [.. Of(name).Where(record => record.Inode == inode || record.Inode == 0 || inode == 0)];
        CreatorRecord? block = all.FindLast(static record => record.Kind == "block") ?? all.FindLast(static record => record.Kind == "mapping");
        if (block is null)
        {
            return [];
        }

        IEnumerable<LeakCreator> structures = all.Where(static record => record.Offset >= 0)
            .DistinctBy(static record => record.Offset)
            .Where(record => record.Offset > 0 || Caller(record) != Caller(block))
            .Select(static record => record.Creator);
        return [block.Creator, .. structures];
    }

    /// <summary>The mappings of a block that a process has not closed, the newest first.</summary>
    internal IReadOnlyList<LeakCreator> OfMappings(int processId, string name, ulong inode, int most) =>
    [
        .. _processes.Where(process => process.ProcessId == processId)
            .SelectMany(static process => process.Mapped)
            .Where(record => record.Name == name && (record.Inode == inode || record.Inode == 0))
            .Reverse()
            .Take(most)
            .Select(static record => record.Creator),
    ];

    /// <summary>Who made a lease, and so the manager that it is of.</summary>
    internal IReadOnlyList<LeakCreator> OfLease(string name) => Last(Of(name).Where(static record => record.Kind == "lease"));

    /// <summary>Who made a manager, by its id: its owner, which has the lease.</summary>
    internal IReadOnlyList<LeakCreator> OfManager(string id) =>
        Last(Of(id).Where(static record => record.Kind == "manager")) is { Count: > 0 } manager ? manager : OfLease(ManagerNames.Lease(id));

    /// <summary>Who started a process: a manager's server, or a process that a manager started.</summary>
    internal IReadOnlyList<LeakCreator> OfProcess(ProcessEntry process) =>
        Last(_processes.SelectMany(static process => process.Made).Where(record => record.Id == process.Id && record.Start == process.Start));

    /// <summary>Whether a process of the run has made the file of that name.</summary>
    internal bool HasMade(string name, ulong inode) => OfBlock(name, inode).Any(static creator => !creator.What.StartsWith("attached", StringComparison.Ordinal));

    private IEnumerable<CreatorRecord> Of(string name) => _processes.SelectMany(static process => process.Made).Where(record => record.Name == name);

    private static IReadOnlyList<LeakCreator> Last(IEnumerable<CreatorRecord> records) => records.LastOrDefault() is CreatorRecord last ? [last.Creator] : [];

    /// <summary>The outermost call: what makes a structure in a block of its own makes both by one.</summary>
    private static string Caller(CreatorRecord record) => record.Creator.StackTrace[(record.Creator.StackTrace.LastIndexOf('\n') + 1)..];
}
