namespace Multiprocessing.Shm;

/// <summary>The folder of a manager's socket, of which there is no lease any more and at which nobody listens.</summary>
/// <param name="Path">The folder.</param>
/// <param name="ManagerId">The manager that it was of.</param>
internal sealed record OrphanSight(string Path, string ManagerId);
