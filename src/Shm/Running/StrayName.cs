namespace Multiprocessing.Shm;

/// <summary>A block that is new, and no manager's.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="UsedBy">The processes of the command that have it mapped; none if nobody has, and then who made it cannot be told.</param>
internal sealed record StrayName(string Name, long Size, IReadOnlyList<int> UsedBy)
{
    internal static readonly IReadOnlyList<Column<StrayName>> Columns =
    [
        new("name", static row => row.Name),
        new("size", static row => row.Size),
        new("usedBy", static row => row.UsedBy),
    ];
}
