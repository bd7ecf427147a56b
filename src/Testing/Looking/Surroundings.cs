namespace Multiprocessing;

/// <summary>What there is to know about the machine when something was found: read when it is first asked for, as mostly nothing is found.</summary>
internal sealed class Surroundings(LeakScope scope)
{
    /// <summary>The programs that are ours whoever started them.</summary>
    private static readonly string[] Programs = ["Multiprocessing.SharedMemoryManager", "Multiprocessing.SharedMemoryManager.dll"];

    private HashSet<int>? _descendants;
    private BlockMaps? _maps;
    private CreatorBook? _book;

    /// <summary>Who has mapped what.</summary>
    internal BlockMaps Maps => _maps ??= BlockMaps.Read();

    /// <summary>Who has made what, as far as it was written down.</summary>
    internal CreatorBook Book => _book ??= CreatorBook.Read(LeakRun.Folder);

    /// <summary>Whether a process is this one or was started by it, or by those that were.</summary>
    internal bool IsOwn(int processId) =>
        processId == Environment.ProcessId
        || (_descendants ??= ProcessTable.Descendants(ProcessTable.All(), Environment.ProcessId)).Contains(processId)
        || LeakRun.HasStarted(processId);

    /// <summary>Whether a process that was started meanwhile is one to report.</summary>
    internal bool IsWatched(ProcessEntry process) => IsOwn(process.Id) || (scope == LeakScope.Everything && RunsServer(process));

    /// <summary>Whether a file that is there now can have been left by the processes that are watched.</summary>
    internal bool IsWatched(string path, FileStatus status)
    {
        string name = Path.GetFileName(path);
        if (scope == LeakScope.Everything)
        {
            return true;
        }

        if (OperatingSystem.IsLinux() && !status.IsOurs)
        {
            return false;
        }

        if (ManagerNames.IdOf(name) is string id && OwnerOf(id) is int owner)
        {
            return IsOwn(owner) || ProcessTable.StartOf(owner) == 0;
        }

        List<int> users = UsersOf(status.Version.Inode);
        return users.Count == 0 || users.Exists(IsOwn) || Book.HasMade(name, status.Version.Inode);
    }

    /// <summary>The processes that have a block mapped.</summary>
    internal List<int> UsersOf(ulong inode) => [.. Maps.Maps.Where(map => map.Inode == inode).Select(static map => map.ProcessId)];

    /// <summary>The processes that have a block mapped, for people; empty if none has.</summary>
    internal string DescribeUsers(ulong inode)
    {
        string users = string.Join(", ", UsersOf(inode).Select(static id => id == Environment.ProcessId ? $"{id} (this process)" : $"{id} ({ProcessTable.Find(id)?.CommandLine})"));
        return users.Length == 0 ? "" : $", mapped by {users}";
    }

    /// <summary>Who owns a manager; null if it has no lease any more, or it cannot be read.</summary>
    private static int? OwnerOf(string id) =>
        LeaseFile.Look(ManagerNames.Lease(id)) is { Content: var content } && ManagerLease.Parse(id, content).OwnerProcessId is int owner and not 0 ? owner : null;

    // A file that exists, and not just text: somebody's grep is no process of ours.
    private static bool RunsServer(ProcessEntry process) =>
        process.Arguments.Any(static argument => Programs.Contains(Path.GetFileName(argument)) && File.Exists(argument));
}
