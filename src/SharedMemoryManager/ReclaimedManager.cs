namespace Multiprocessing;

/// <summary>What <see cref="SharedMemoryManager.Reclaim"/> found of a manager whose owner and server had both died.</summary>
/// <param name="Id">The manager's id.</param>
/// <param name="OwnerProcessId">The process that owned it; 0 if it died before it could say.</param>
/// <param name="Started">When it was started.</param>
/// <param name="Proof">Why it is known to be dead.</param>
/// <param name="Removed">What was removed: names of blocks, and the paths of its socket's folder and lease.</param>
/// <param name="NotRemoved">What could not be removed, and why. Its lease stays then, for the next try.</param>
public sealed record ReclaimedManager(
    string Id, int OwnerProcessId, DateTimeOffset Started, string Proof, IReadOnlyList<string> Removed, IReadOnlyList<string> NotRemoved);
