namespace Multiprocessing.Shm;

/// <summary>What is in the shared memory of this machine at one moment, or nearly: what goes while it is looked at is not in it.</summary>
/// <param name="Managers">All managers, the dead too, in the order in which they were started.</param>
/// <param name="Blocks">All blocks of whatever program, in order of their names.</param>
/// <param name="Leases">All leases of processes.</param>
/// <param name="Orphans">Folders of sockets that nobody needs.</param>
/// <param name="ProcessesAreKnown">Whether this system tells who has a block mapped.</param>
/// <param name="UnreadableProcesses">How many processes may not be looked at, and may have anything mapped.</param>
internal sealed record SystemPicture(
    IReadOnlyList<ManagerSight> Managers,
    IReadOnlyList<BlockSight> Blocks,
    IReadOnlyList<LeaseSight> Leases,
    IReadOnlyList<OrphanSight> Orphans,
    bool ProcessesAreKnown,
    int UnreadableProcesses);
