using System.Globalization;

namespace Multiprocessing.Shm;

/// <summary>
/// Finds what only the dead have left, and removes it. What decides is always a lock that the kernel lets go, taken again at the removal: never a process id, an age, or a process that does not answer. A stopped process holds
/// its locks.
/// </summary>
internal static class Cleaner
{
    private const int ForeignHexDigits = 8;
    private static readonly string[] ForeignPrefixes = ["psm_", "wnsm_"];

    /// <summary>What could be removed.</summary>
    /// <param name="picture">What is there.</param>
    /// <param name="foreign">Whether blocks of unknown makers, which nobody uses, are among it.</param>
    internal static List<Finding> Find(SystemPicture picture, bool foreign)
    {
        List<Finding> found =
        [
            .. picture.Managers.Where(static manager => manager.State == ManagerState.Dead && manager.IsOurs).Select(manager => OfManager(picture, manager)),
            .. picture.Blocks.Where(static block => block.IsOurs && block.ManagerId is null).Select(OfArea).OfType<Finding>(),
            .. picture.Leases.Where(static lease => lease.State == LeaseState.Free && lease.IsOurs).Select(OfLease),
            .. picture.Orphans.Select(OfOrphan),
        ];
        if (foreign)
        {
            // Each process is looked at once, not once a block.
            List<HashSet<ulong>?> open = [.. ProcessTable.Ids().Select(OpenFiles.InodesOf)];
            found.AddRange(picture.Blocks.Where(IsForeign)
                .Where(block => block.Processes.Count == 0 && open.TrueForAll(inodes => inodes?.Contains(block.Inode) == false))
                .Select(OfForeign));
        }

        return found;
    }

    /// <summary>Removes one; null if that is not to be removed any more: somebody was quicker, or uses it again.</summary>
    internal static Finding? Remove(Finding finding)
    {
        try
        {
            switch (finding.Kind)
            {
                case FindingKind.Manager:
                    return Reclaimer.TryReclaim(ManagerNames.Lease(finding.Name)) is ReclaimedManager manager
                        ? finding with { Proof = manager.Proof, Removed = manager.Removed, NotRemoved = manager.NotRemoved }
                        : null;
                case FindingKind.Area:
                    return (AreaControl.IsOfDeadMaker(finding.Name) ? SharedMemory.TryUnlink(finding.Name) : AreaControl.TryRemoveUnused(finding.Name)) ? finding : null;
                case FindingKind.ProcessLease:
                    return RemoveLease(finding);
                case FindingKind.Socket:
                    // Looked at again: a manager may have been started there meanwhile, if only by the worst of luck.
                    return OrphanInspector.All().Any(orphan => orphan.Path == finding.Name) && Delete(finding.Name) ? finding : null;
                default:
                    return SharedMemory.TryUnlink(finding.Name) ? finding : null;
            }
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return finding with { Removed = [], NotRemoved = [$"{finding.Name}: {e.Message}"] };
        }
    }

    /// <summary>Whether a block has a name as stock Python makes them, and no manager of ours.</summary>
    internal static bool IsForeign(BlockSight block) =>
        block is { IsOurs: true, ManagerId: null }
        && ForeignPrefixes.Any(prefix => block.Name.Length == prefix.Length + ForeignHexDigits
            && block.Name.StartsWith(prefix, StringComparison.Ordinal) && block.Name.Skip(prefix.Length).All(char.IsAsciiHexDigitLower));

    private static Finding OfManager(SystemPicture picture, ManagerSight manager)
    {
        string path = Path.Combine(LeaseFile.Directory, ManagerNames.Lease(manager.Id));
        List<string> removed = [.. picture.Blocks.Where(block => block.ManagerId == manager.Id).Select(static block => block.Name)];
        if (manager.HasSocket)
        {
            removed.Add(Path.GetDirectoryName(manager.SocketPath)!);
        }

        return new Finding(FindingKind.Manager, manager.Id, $"The lock of {path} is free: its owner and its server are gone.", [.. removed, path], []);
    }

    private static Finding? OfArea(BlockSight block)
    {
        if (AreaControl.IsOfDeadMaker(block.Name))
        {
            return new Finding(FindingKind.Area, block.Name, "Its maker, whose lease is in its name, died before he had finished it.", [block.Name], []);
        }

        if (block.Kind != AreaControl.Kind)
        {
            return null;
        }

        try
        {
            using var bytes = BlockBytes.Open(block.Name);
            return AreaControl.IsUnused(block.Name, bytes.Copy(0, AreaControl.ByteSize))
                ? new Finding(FindingKind.Area, block.Name, "The leases of all its users are free or gone.", [block.Name], [])
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static Finding OfLease(LeaseSight lease)
    {
        string name = lease.Id.ToString("x16", CultureInfo.InvariantCulture);
        string path = Path.Combine(LeaseFile.Directory, ProcessLease.NameOf(lease.Id));
        return new Finding(FindingKind.ProcessLease, name, string.Create(CultureInfo.InvariantCulture, $"The lock of {path} is free: the process, {lease.ProcessId} then, is gone."), [path], []);
    }

    private static Finding OfOrphan(OrphanSight orphan) =>
        new(FindingKind.Socket, orphan.Path, $"The manager {orphan.ManagerId} has no lease any more, and nobody listens there.", [orphan.Path], []);

    private static Finding OfForeign(BlockSight block) => new(
        FindingKind.Foreign,
        block.Name,
        $"No process has it mapped or open ({Texts.Age(block.Created)} old). Who made it is unknown: a stock Python, or a SharedMemory without a manager. If somebody keeps it for later, it is lost.",
        [block.Name],
        []);

    private static Finding? RemoveLease(Finding finding)
    {
        using LeaseFile? won = ProcessLease.TryWin(ulong.Parse(finding.Name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        won?.Remove();
        return won is null ? null : finding;
    }

    private static bool Delete(string folder)
    {
        Directory.Delete(folder, recursive: true);
        return true;
    }
}
