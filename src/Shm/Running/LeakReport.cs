namespace Multiprocessing.Shm;

/// <summary>What a command left.</summary>
/// <param name="Left">What was still there in its manager, and is removed now.</param>
/// <param name="Strays">What may be its, was made without the manager, and is still there.</param>
/// <param name="Removed">How many blocks the manager's end removed: of those that are left, with what came meanwhile.</param>
/// <param name="NotRemoved">What it could not remove, and why.</param>
internal sealed record LeakReport(IReadOnlyList<LeftBlock> Left, IReadOnlyList<StrayName> Strays, int Removed, IReadOnlyList<string> NotRemoved);
