namespace Multiprocessing;

/// <summary>What the end of a manager removed.</summary>
/// <param name="Removed">How many blocks were unlinked. What had been unlinked before is not counted, and is no error.</param>
/// <param name="NotRemoved">What could not be removed, and why.</param>
public sealed record SharedMemoryShutdownReport(int Removed, IReadOnlyList<string> NotRemoved)
{
    internal static readonly SharedMemoryShutdownReport Nothing = new(0, []);
}
