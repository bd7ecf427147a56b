namespace Multiprocessing.Shm;

/// <summary>Something that only the dead have left, or that somebody unknown has.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name: a manager's id, a block, a lease, a folder.</param>
/// <param name="Proof">Why it is known to be nobody's any more.</param>
/// <param name="Removed">What is gone with it; in a dry run what would go.</param>
/// <param name="NotRemoved">What is still there, and why.</param>
internal sealed record Finding(FindingKind Kind, string Name, string Proof, IReadOnlyList<string> Removed, IReadOnlyList<string> NotRemoved)
{
    /// <summary>The fields, for programs.</summary>
    internal static Column<Finding>[] Columns { get; } =
    [
        new("kind", static finding => NameOf(finding.Kind), "KIND"),
        new("name", static finding => finding.Name, "NAME"),
        new("proof", static finding => finding.Proof, "PROOF"),
        new("removed", static finding => finding.Removed),
        new("notRemoved", static finding => finding.NotRemoved),
    ];

    internal static string NameOf(FindingKind kind) => kind switch
    {
        FindingKind.Manager => "manager",
        FindingKind.Area => "area",
        FindingKind.ProcessLease => "lease",
        FindingKind.Socket => "socket",
        _ => "foreign",
    };
}
