namespace Multiprocessing;

/// <summary>Finds the arrays among the blocks.</summary>
/// <remarks>
/// A footer never changes once it is there. So a block is opened only if it was no array when last seen, or is another one: that is told
/// by inode, time of its last change and size, which cost one system call instead of three or four.
/// </remarks>
internal static class ArrayListing
{
    private static Dictionary<string, Seen> _seen = [];

    internal static IReadOnlyList<SharedArrayInfo> List()
    {
        IBlockBackend backend = BlockBackend.Current;
        List<(string Name, FileStatus Status)> blocks = backend.ListStatuses("");
        Dictionary<string, Seen> before = Volatile.Read(ref _seen);
        var now = new List<KeyValuePair<string, Seen>>(blocks.Count);
        bool changed = false;
        foreach ((string name, FileStatus status) in blocks)
        {
            if (status.Size < Footer.FewestBytes)
            {
                continue;
            }

            if (!before.TryGetValue(name, out Seen seen) || seen.Version != status.Version)
            {
                if (Find(backend, new BlockName(false, name)) is not SharedArrayInfo found)
                {
                    continue;
                }

                seen = new Seen(status.Version, found);
                changed = true;
            }

            now.Add(new(name, seen));
        }

        if (changed || now.Count != before.Count)
        {
            Volatile.Write(ref _seen, new Dictionary<string, Seen>(now, StringComparer.Ordinal));
        }

        return now.ConvertAll(static one => one.Value.Array);
    }

    /// <summary>Forgets all, so that the next list is a first one.</summary>
    internal static void Forget() => Volatile.Write(ref _seen, []);

    private static SharedArrayInfo? Find(IBlockBackend backend, BlockName block)
    {
        var end = new EndOfBlock(stackalloc byte[Footer.MostBytes], stackalloc byte[Footer.MostBytes]);
        try
        {
            long size = backend.ReadEnd(block, end);
            return Footer.TryRead(end, size, out ArrayDescription found) == FooterState.Array
                ? new SharedArrayInfo(block.Text, found.Type, Array.AsReadOnly(found.Shape))
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It went while we looked, or is another user's.
            return null;
        }
    }

    private readonly record struct Seen(FileVersion Version, SharedArrayInfo Array);
}
