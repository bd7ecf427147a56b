namespace Multiprocessing.Shm;

/// <summary>Finds the managers by their leases, and who holds those.</summary>
internal static class ManagerInspector
{
    /// <summary>The descriptor under which a server inherits the lease.</summary>
    private const int LeaseDescriptor = 3;

    /// <summary>All managers that have a lease, in the order in which they were started.</summary>
    internal static List<ManagerSight> All()
    {
        var found = new List<ManagerSight>();
        Dictionary<string, int>? servers = null;
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

    private static ManagerSight Describe(string id, LeaseLook look, Dictionary<string, int> servers)
    {
        var lease = ManagerLease.Parse(id, look.Content);
        string path = Path.Combine(LeaseFile.Directory, look.Name);
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
            state == ManagerState.Dead ? false : lease.OwnerProcessId == 0 ? null : OpenFiles.Has(lease.OwnerProcessId, path),
            OpenFiles.IdentityOf(path) is string identity ? servers.GetValueOrDefault(identity) : 0,
            lease.Started == default ? null : lease.Started,
            lease.SocketPath,
            File.Exists(lease.SocketPath),
            look.IsOurs);
    }

    /// <summary>The servers that can be seen, by the identity of the lease that each holds.</summary>
    private static Dictionary<string, int> Servers()
    {
        var servers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (int id in ProcessTable.Ids())
        {
            if (OpenFiles.IdentityOf(id, LeaseDescriptor, LeaseFile.Directory) is string lease
                && ProcessTable.Environment(id).Any(static variable => variable.StartsWith(ServerSettings.EnvironmentVariable + "=", StringComparison.Ordinal)))
            {
                servers[lease] = id;
            }
        }

        return servers;
    }
}
