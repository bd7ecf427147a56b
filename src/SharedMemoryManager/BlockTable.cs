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
                ? [.. BlockBackend.Current.List(prefix).Select(Describe)]
                : [.. _told.Values.OrderBy(block => block.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>Unlinks everything, with its hidden names, and does not stop at a failure.</summary>
    /// <param name="removed">Takes the names that are gone.</param>
    /// <param name="failures">Takes those that are not, and why.</param>
    internal void UnlinkAll(ICollection<string> removed, ICollection<string> failures) => Unlink(Names(prefix), removed, failures);

    /// <summary>Unlinks everything that begins with a part of the prefix: what one client made.</summary>
    internal void UnlinkAll(string clientPrefix) => Unlink(Names(clientPrefix), new List<string>(), new List<string>());

    private void Unlink(IEnumerable<string> names, ICollection<string> removed, ICollection<string> failures)
    {
        foreach (string name in names)
        {
            try
            {
                if (SharedMemory.TryUnlink(name))
                {
                    removed.Add(name);
                }

                Remove(name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failures.Add($"{name}: {e.Message}");
            }
        }
    }

    private HashSet<string> Names(string start)
    {
        if (BlockBackend.Current.CanList)
        {
            // A block may be there by its hidden name alone, if somebody unlinked the other just now.
            var names = new HashSet<string>(BlockBackend.Current.ListNames(start), StringComparer.Ordinal);
            foreach (string hidden in BlockBackend.Current.ListNames(BlockName.GuardPrefix + start))
            {
                names.Add(hidden[BlockName.GuardPrefix.Length..]);
            }

            return names;
        }

        lock (_lock)
        {
            return [.. _told.Keys.Where(name => name.StartsWith(start, StringComparison.Ordinal))];
        }
    }

    private TrackedBlock Describe(SharedMemoryInfo block) =>
        _told.TryGetValue(block.Name, out TrackedBlock? told)
            ? told with { Size = block.Size }
            : new TrackedBlock(block.Name, BlockKinds.Block, block.Size, 0, DateTimeOffset.UtcNow);
}
