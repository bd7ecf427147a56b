namespace Multiprocessing;

/// <summary>
/// The blocks of one manager. What exists is what the system shows under the prefix; what was told adds kind, maker and age. So a
/// block is listed, and unlinked, also when its maker died before it could tell.
/// </summary>
internal sealed class BlockTable(string prefix)
{
    private readonly Dictionary<string, TrackedBlock> _told = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SharedMemory> _held = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    internal void Add(TrackedBlock block)
    {
        // The prefix is the right to a name: nobody gets a stranger's block unlinked by telling of it.
        if (block.Name.StartsWith(prefix, StringComparison.Ordinal))
        {
            lock (_lock)
            {
                _told[block.Name] = block;
            }
        }
    }

    internal void Remove(string name)
    {
        lock (_lock)
        {
            _told.Remove(name);
            if (_held.Remove(name, out SharedMemory? held))
            {
                held.Dispose();
            }
        }
    }

    /// <summary>Where a block goes with its last handle: has one, so that it lives as long as this table.</summary>
    internal void Hold(string name)
    {
        if (BlockBackend.Current.LivesByHandles && name.StartsWith(prefix, StringComparison.Ordinal))
        {
            lock (_lock)
            {
                _held.TryAdd(name, SharedMemory.Attach(name));
            }
        }
    }

    /// <summary>The blocks that exist, in order of their names.</summary>
    internal TrackedBlock[] List()
    {
        lock (_lock)
        {
            return BlockBackend.Current.CanList
                ? [.. BlockBackend.Current.List(prefix).Select(Describe)]
                : [.. _told.Values.OrderBy(block => block.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>Unlinks everything, and does not stop at a failure; returns what could not be, and why.</summary>
    internal IReadOnlyList<string> UnlinkAll()
    {
        var failures = new List<string>();
        foreach (string name in Names())
        {
            try
            {
                SharedMemory.TryUnlink(name);
                Remove(name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failures.Add($"{name}: {e.Message}");
            }
        }

        return failures;
    }

    private List<string> Names()
    {
        if (BlockBackend.Current.CanList)
        {
            return BlockBackend.Current.ListNames(prefix);
        }

        lock (_lock)
        {
            return [.. _told.Keys];
        }
    }

    private TrackedBlock Describe(SharedMemoryInfo block) =>
        _told.TryGetValue(block.Name, out TrackedBlock? told)
            ? told with { Size = block.Size }
            : new TrackedBlock(block.Name, BlockKinds.Block, block.Size, 0, DateTimeOffset.UtcNow);
}
