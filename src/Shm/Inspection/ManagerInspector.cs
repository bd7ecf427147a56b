namespace Multiprocessing.Shm;

/// <summary>Finds the managers by their leases, and who holds those.</summary>
internal static class ManagerInspector
{
    /// <summary>All managers that have a lease, in the order in which they were started.</summary>
    internal static List<ManagerSight> All()
    {
        var found = new List<ManagerSight>();
        Dictionary<ulong, int>? servers = null;
        foreach (string name in ManagerNames.Leases())
        {
            if (LeaseFile.Look(name) is LeaseLook look)
            {
                // Looked for only if there is somebody to be found.
                servers ??= Servers();
                found.Add(Describe(ManagerNames.IdOfLease(name), look, servers));
            }
        }

        found.Sort(static (a, b) =>
        {
            int order = Nullable.Compare(a.Started, b.Started);
            return order != 0 ? order : string.CompareOrdinal(a.Id, b.Id);
        });
        return found;
    }

    private static ManagerSight Describe(string id, LeaseLook look, Dictionary<ulong, int> servers)
    {
        var lease = ManagerLease.Parse(id, look.Content);
        ulong inode = BlockBackend.Current.TryLookAt(new BlockName(false, look.Name), out FileStatus status) ? status.Version.Inode : 0;
        ManagerState state = look.State switch
        {
            LeaseState.Held => ManagerState.Alive,
            LeaseState.Free => ManagerState.Dead,
            _ => ManagerState.Unknown,
        };
        return new ManagerSight(
            id,
            state,
            lease.OwnerProcessId,
            state == ManagerState.Dead ? false : lease.OwnerProcessId == 0 ? null : OpenFiles.Has(lease.OwnerProcessId, inode),
            servers.GetValueOrDefault(inode),
            lease.Started == default ? null : lease.Started,
            lease.SocketPath,
            File.Exists(lease.SocketPath),
            look.IsOurs);
    }

    /// <summary>The servers that can be seen, by the lease that each holds.</summary>
    private static Dictionary<ulong, int> Servers()
    {
        var servers = new Dictionary<ulong, int>();
        foreach (int id in ProcessTable.Ids())
        {
            if (OpenFiles.InodeOf(id, PosixServerProcess.LeaseDescriptor) is ulong inode
                && ProcessTable.Environment(id).Any(static variable => variable.StartsWith(ServerSettings.EnvironmentVariable + "=", StringComparison.Ordinal)))
            {
                servers[inode] = id;
            }
        }

        return servers;
    }
}
