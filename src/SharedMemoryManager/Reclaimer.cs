namespace Multiprocessing;

/// <summary>
/// Cleans up after managers whose owner and server have both died: for each lease that can be won, the blocks, the socket and its folder, and at
/// last the lease.
/// </summary>
/// <remarks>
/// Any number may try at once: one wins each lease. What the death of a reclaimer leaves is a lease that is free again, for the next.
/// </remarks>
internal static class Reclaimer
{
    internal static IReadOnlyList<ReclaimedManager> Run()
    {
        var reclaimed = new List<ReclaimedManager>();
        foreach (string name in ManagerNames.Leases().ToArray())
        {
            if (TryReclaim(name) is ReclaimedManager manager)
            {
                reclaimed.Add(manager);
            }
        }

        ProcessLease.RemoveDead();
        return reclaimed;
    }

    /// <summary>Cleans up after the manager of one lease; null if it lives, or somebody else was quicker.</summary>
    internal static ReclaimedManager? TryReclaim(string lease)
    {
        using LeaseFile? won = LeaseFile.TryWin(lease);
        return won is null ? null : CleanUp(won, lease);
    }

    private static ReclaimedManager CleanUp(LeaseFile won, string name)
    {
        string path = Path.Combine(LeaseFile.Directory, name);
        ManagerLease lease = ManagerLease.Parse(ManagerNames.IdOfLease(name), won.Content);
        (IReadOnlyList<string> removed, IReadOnlyList<string> failures) = Remains.Remove(lease.Id, lease.SocketPath, lease.PythonSocketPath);
        if (failures.Count == 0)
        {
            won.Remove();
            removed = [.. removed, path];
        }

        return new ReclaimedManager(
            lease.Id, lease.OwnerProcessId, lease.Started, $"The lock of {path} was free: its owner and its server are gone.", removed, failures);
    }
}
