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

    /// <summary>Those that were made under names of others, and handed over.</summary>
    internal AdoptedBlocks Adopted { get; } = new(prefix);

    internal void Add(TrackedBlock block)
    {
        // The prefix is the right to a name: nobody gets a stranger's block unlinked by telling of it.
        if (IsOurs(block.Name))
        {
            lock (_lock)
            {
                _told[block.Name] = block;
            }
        }
    }

    internal bool IsOurs(string name) => name.StartsWith(prefix, StringComparison.Ordinal);

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
        if (BlockBackend.Current.LivesByHandles && IsOurs(name))
        {
            lock (_lock)
            {
                _held.TryAdd(name, SharedMemory.Attach(name));
            }
        }
    }

    /// <summary>What was told and not removed again.</summary>
    internal TrackedBlock[] Told()
    {
        lock (_lock)
        {
            return [.. _told.Values];
        }
    }

    /// <summary>The blocks that exist, in order of their names.</summary>
    internal TrackedBlock[] List()
    {
        lock (_lock)
        {
            return BlockBackend.Current.CanList
                ? [.. BlockBackend.Current.ListStatuses(prefix).Select(Describe).Concat(Adopted.List()).OrderBy(block => block.Name, StringComparer.Ordinal)]
                : [.. _told.Values.OrderBy(block => block.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>How many there are, those of others included that were handed over, and their bytes. Nothing is opened or asked: a metric must not wait for a server.</summary>
    internal (int Blocks, long Bytes) Measure()
    {
        int blocks = 0;
        long bytes = 0;
        if (!BlockBackend.Current.CanList)
        {
            Array.ForEach(Told(), block => (blocks, bytes) = (blocks + 1, bytes + block.Size));
            return (blocks, bytes);
        }

        foreach ((_, FileStatus status) in BlockBackend.Current.ListStatuses(prefix))
        {
            (blocks, bytes) = (blocks + 1, bytes + status.Size);
        }

        foreach (string claim in BlockBackend.Current.ListNames(AdoptedName.ClaimPrefix(prefix)))
        {
            if (BlockBackend.Current.TryLookAt(new BlockName(false, claim), out FileStatus status))
            {
                (blocks, bytes) = (blocks + 1, bytes + status.Size);
            }
        }

        return (blocks, bytes);
    }

    /// <summary>
    /// Unlinks everything, hidden names included, when no guard puts names back any more, and does not stop at a failure. Nobody holds or tells of
    /// a block of this table afterwards.
    /// </summary>
    /// <returns>The names of the blocks that are gone now, and what is not, with the reason.</returns>
    internal (IReadOnlyCollection<string> Removed, IReadOnlyList<string> Failures) UnlinkAll()
    {
        var removed = new HashSet<string>(StringComparer.Ordinal);
        List<string> failures = [];
        if (!BlockBackend.Current.CanList)
        {
            removed.UnionWith(Names(prefix).Where(name => TryUnlink(name, BlockBackend.Current.TryUnlink, failures)));
            return (removed, failures);
        }

        BlockBackend.Current.UnlinkAll(prefix, removed, failures);
        if (failures.Count > 0)
        {
            // A block may have lost its hidden name alone.
            removed.ExceptWith(Names(prefix));
        }

        lock (_lock)
        {
            _told.Clear();
        }

        return (removed, failures);
    }

    /// <summary>Unlinks one block, while the guard is there; false if there is none.</summary>
    internal bool Release(string name)
    {
        Remove(name);
        return SharedMemory.TryUnlink(name);
    }

    /// <summary>Unlinks, while the guard is there, what begins with a part of the prefix: what one client made.</summary>
    internal void UnlinkAll(string clientPrefix)
    {
        foreach (string name in Names(clientPrefix))
        {
            TryUnlink(name, block => SharedMemory.TryUnlink(block.Text), []);
        }
    }

    private bool TryUnlink(string name, Func<BlockName, bool> unlink, List<string> failures)
    {
        try
        {
            Remove(name);
            return unlink(BlockName.Parse(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failures.Add($"{name}: {e.Message}");
            return false;
        }
    }

    private List<string> Names(string start)
    {
        if (BlockBackend.Current.CanList)
        {
            return BlockBackend.Current.ListNames(start);
        }

        lock (_lock)
        {
            return [.. _told.Keys.Where(name => name.StartsWith(start, StringComparison.Ordinal))];
        }
    }

    /// <summary>One that nobody has told of, or not yet, is what its header says. Of the others nothing need be read.</summary>
    private TrackedBlock Describe((string Name, FileStatus Status) block) =>
        _told.TryGetValue(block.Name, out TrackedBlock? told)
            ? told with { Size = block.Status.Size }
            : new TrackedBlock(block.Name, BlockBackend.Current.KindOf(block.Name) ?? TrackedBlock.PlainKind, block.Status.Size, 0, block.Status.Modified);
}
