namespace Multiprocessing.Shm;

/// <summary>What <c>shm top</c> shows of one moment.</summary>
/// <param name="Time">When.</param>
/// <param name="Picture">What there is.</param>
/// <param name="Total">The bytes that the file system of the blocks has.</param>
/// <param name="Free">Of these, what this user may still have.</param>
/// <param name="Created">Blocks that came since the look before, a second; null at the first. One that came and went between two looks was not seen.</param>
/// <param name="Unlinked">Blocks that went, a second.</param>
internal sealed record TopLook(DateTimeOffset Time, SystemPicture Picture, long Total, long Free, double? Created, double? Unlinked)
{
    /// <summary>The bytes that are in use, by whatever.</summary>
    internal long Used => Total - Free;

    /// <summary>The sizes of all blocks.</summary>
    internal long Bytes => Picture.Blocks.Sum(static block => block.Size);

    /// <summary>The blocks in an order.</summary>
    internal IEnumerable<BlockSight> Sorted(TopSort sort) => sort switch
    {
        TopSort.Size => Picture.Blocks.OrderByDescending(static block => block.Size).ThenBy(static block => block.Name, StringComparer.Ordinal),
        TopSort.Age => Picture.Blocks.OrderBy(static block => block.Created),
        TopSort.Processes => Picture.Blocks.OrderByDescending(static block => block.Processes.Count).ThenByDescending(static block => block.Size),
        _ => Picture.Blocks,
    };
}
