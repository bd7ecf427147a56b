using System.Globalization;

namespace Multiprocessing;

/// <summary>
/// Finds what runs of tests have left that were killed, by a time-out say, and removes what is provably nobody's: a name that still is the file that a process of the run has made, whose
/// process is dead (the lock of its lease is free), that no living process has mapped, and that belongs to no living manager.
/// </summary>
/// <remarks>
/// The lease of a run tells that its test process is dead; who gets it has the run to himself. What of the run lives on, and what its living processes made, is reported and left alone; its records stay for
/// the next to look.
/// </remarks>
internal static class KilledRuns
{
    internal static LeakReport CleanUp(string root)
    {
        var leaks = new List<Leak>();
        if (Directory.Exists(root) && LeakRun.IsOurs(root))
        {
            foreach (string folder in Directory.GetDirectories(root))
            {
                using LeaseFile? won = LeaseFile.TryWin(Path.Combine(folder, LeakRun.LeaseName));
                if (won is not null)
                {
                    leaks.AddRange(CleanUpRun(folder, won));
                }
            }
        }

        return new LeakReport("left behind by a run of tests that was killed; what is nobody's any more was removed:", leaks);
    }

    private static List<Leak> CleanUpRun(string folder, LeaseFile won)
    {
        CreatorBook book = CreatorBook.Read(folder);
        var around = new Surroundings(LeakScope.Everything);
        List<Leak> leaks = LivingProcesses(Path.GetFileName(folder), book);
        HashSet<string> seen = [];
        List<ProcessRecords> dead = [.. book.Processes.Where(IsDead)];
        foreach (CreatorRecord record in dead.SelectMany(static process => process.Made).Reverse())
        {
            string? path = PathOf(record);
            if (path is not null && seen.Add(path) && Find(record, path, around, book) is Leak leak)
            {
                leaks.Add(leak);
            }
        }

        // The managers' own end first: it knows the order, and what else belongs to them.
        if (leaks.Exists(static leak => ManagerNames.IdOf(leak.Name) is not null))
        {
            SharedMemoryManager.Reclaim();
        }

        foreach (string path in leaks.Where(static leak => leak.Kind == LeakKinds.Blocks).Select(static leak => leak.Path).OfType<string>())
        {
            SharedMemory.TryUnlink(Path.GetFileName(path));
        }

        Forget(folder, dead, book.Processes.Count == dead.Count ? won : null);
        return [.. leaks.OrderBy(static leak => leak.Kind).ThenBy(static leak => leak.Name, StringComparer.Ordinal)];
    }

    private static List<Leak> LivingProcesses(string mark, CreatorBook book) =>
    [
        .. ProcessTable.Ids()
            .Where(id => LeakRun.HasMark(id, mark))
            .Select(ProcessTable.Find)
            .OfType<ProcessEntry>()
            .Select(process => new Leak(
                LeakKinds.Processes, process.Id.ToString(CultureInfo.InvariantCulture), $"{process.CommandLine} (it runs still, and is left alone)")
            {
                Creators = book.OfProcess(process),
            }),
    ];

    /// <summary>What a record is about, if it is there still; null if it is not, or is another by now.</summary>
    private static Leak? Find(CreatorRecord record, string path, Surroundings around, CreatorBook book)
    {
        if (!FileStatus.TryOfPath(path, followLinks: false, out FileStatus status) || !status.IsOurs)
        {
            return null;
        }

        string name = Path.GetFileName(path);
        if (ManagerNames.IdOf(name) is string id)
        {
            using LeaseFile? manager = LeaseFile.TryWin(ManagerNames.Lease(id));
            if (manager is null && LeaseFile.Exists(ManagerNames.Lease(id)))
            {
                // It lives, and sees to its own.
                return null;
            }
        }

        if (record.Kind == "lease")
        {
            return new Leak(LeakKinds.Leases, name, "free, whoever held it is dead") { Creators = [record.Creator] };
        }

        if (record.Inode != status.Version.Inode)
        {
            return null;
        }

        string users = around.DescribeUsers(status.Version.Inode);
        string kind = BlockBackend.Current.KindOf(name) ?? "block";
        return new Leak(LeakKinds.Blocks, name, string.Create(CultureInfo.InvariantCulture, $"{kind}, {status.Size} bytes{users}{(users.Length > 0 ? ", and left alone" : "")}"))
        {
            Path = users.Length > 0 ? null : path,
            Creators = book.OfBlock(name, status.Version.Inode),
        };
    }

    /// <summary>Where a record's file would be; null if it is about none that is to be removed. Files of the user's own choice are his to keep.</summary>
    private static string? PathOf(CreatorRecord record) =>
        OperatingSystem.IsLinux() && (record.Kind == "block" || (record.Kind == "lease" && ManagerNames.IdOf(record.Name) is not null))
        && record.Name.Length > 0 && !record.Name.Contains('/', StringComparison.Ordinal)
            ? Path.Combine(LeaseFile.Directory, record.Name)
            : null;

    private static bool IsDead(ProcessRecords process)
    {
        string lease = Path.ChangeExtension(process.Path, LeaseFile.Suffix);
        using LeaseFile? won = LeaseFile.TryWin(lease);
        return won is not null || !LeaseFile.Exists(lease);
    }

    private static void Forget(string folder, List<ProcessRecords> dead, LeaseFile? run)
    {
        if (run is not null)
        {
            run.Remove();
            Remover.Remove(folder);
            return;
        }

        foreach (ProcessRecords process in dead)
        {
            Remover.Remove(process.Path);
            Remover.Remove(Path.ChangeExtension(process.Path, LeaseFile.Suffix));
        }
    }
}
