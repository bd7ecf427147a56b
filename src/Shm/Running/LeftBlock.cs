namespace Multiprocessing.Shm;

/// <summary>A block, or an object that the server held, that was still there when the command had ended.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Maker">The process that made it; 0 if that is not known.</param>
/// <param name="MakerIs"><c>command</c>, the command itself; <c>gone</c>, a process that has ended; else what the process runs.</param>
internal sealed record LeftBlock(string Name, string Kind, long Size, int Maker, string MakerIs)
{
    internal static readonly IReadOnlyList<Column<LeftBlock>> Columns =
    [
        new("name", static row => row.Name),
        new("kind", static row => row.Kind),
        new("size", static row => row.Size),
        new("maker", static row => row.Maker == 0 ? null : row.Maker),
        new("makerIs", static row => row.MakerIs),
    ];

    /// <summary>What there is in a manager now.</summary>
    internal static List<LeftBlock> Of(SharedMemoryManager manager, int commandId) =>
    [
        .. manager.ListBlocks().Select(block => new LeftBlock(block.Name, KindOf(block), block.Size, block.OwnerProcessId, Describe(block.OwnerProcessId, commandId))),
        .. manager.ListObjects().Select(static held => new LeftBlock(held.Name, held.Kind, held.Bytes, 0, held.References > 0 ? "still in use" : "kept")),
    ];

    /// <summary>Of what a Python made, and of what nobody told of, the manager says that it is a block.</summary>
    private static string KindOf(TrackedBlock block) => block.Kind == TrackedBlock.PlainKind ? KindRecognizer.KindOf(block.Name) : block.Kind;

    private static string Describe(int processId, int commandId) =>
        processId == commandId ? "command"
        : processId == 0 ? "unknown"
        : ProcessTable.Find(processId) is ProcessEntry { Arguments: [string program, ..] } ? Path.GetFileName(program)
        : "gone";
}
