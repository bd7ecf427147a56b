namespace Multiprocessing.Shm;

/// <summary>A manager, as its lease tells of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Whether it lives.</param>
/// <param name="OwnerProcessId">Who started it; 0 if that is not told.</param>
/// <param name="OwnerHoldsLease">Whether that process has the lease open, so that it is the owner and no other of its id; null if that cannot be seen.</param>
/// <param name="ServerProcessId">The process that serves it; 0 if none is seen.</param>
/// <param name="Started">When; null if that is not told.</param>
/// <param name="SocketPath">Where clients connect.</param>
/// <param name="HasSocket">Whether that socket is there.</param>
/// <param name="IsOurs">Whether it belongs to the user of this process.</param>
internal sealed record ManagerSight(
    string Id,
    ManagerState State,
    int OwnerProcessId,
    bool? OwnerHoldsLease,
    int ServerProcessId,
    DateTimeOffset? Started,
    string SocketPath,
    bool HasSocket,
    bool IsOurs)
{
    /// <summary>What its names begin with.</summary>
    internal string Prefix => ManagerNames.Prefix(Id);
}
