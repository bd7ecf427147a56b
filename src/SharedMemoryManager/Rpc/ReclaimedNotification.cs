namespace Multiprocessing;

/// <summary>What the server says to its owner when it has cleaned up after managers that it found dead.</summary>
/// <param name="Managers">How many there were.</param>
/// <param name="Blocks">How many blocks of theirs were unlinked.</param>
internal sealed record ReclaimedNotification(int Managers, int Blocks)
{
    internal const string Method = "reclaimed";

    internal static ReclaimedNotification Of(IReadOnlyList<ReclaimedManager> managers) =>
        new(managers.Count, managers.Sum(static manager => manager.Removed.Count(static name => !Path.IsPathRooted(name))));
}
