namespace Multiprocessing;

/// <summary>
/// What the server is to be told of, until it is told: a block that is made and released between two batches never travels.
/// </summary>
internal sealed class TrackBuffer
{
    private readonly Dictionary<string, TrackedBlock> _created = new(StringComparer.Ordinal);
    private readonly List<string> _released = [];
    private readonly Lock _lock = new();

    /// <summary>True if there was nothing to tell before.</summary>
    internal bool AddCreated(TrackedBlock block)
    {
        lock (_lock)
        {
            bool wasEmpty = _created.Count + _released.Count == 0;
            _created[block.Name] = block;
            return wasEmpty;
        }
    }

    /// <summary>True if there was nothing to tell before.</summary>
    internal bool AddReleased(string name)
    {
        lock (_lock)
        {
            if (_created.Remove(name))
            {
                return false;
            }

            _released.Add(name);
            return _created.Count + _released.Count == 1;
        }
    }

    /// <summary>All there is to tell, which is then told; null if that is nothing.</summary>
    internal TrackBatch? Take()
    {
        lock (_lock)
        {
            if (_created.Count + _released.Count == 0)
            {
                return null;
            }

            var batch = new TrackBatch([.. _created.Values], [.. _released]);
            _created.Clear();
            _released.Clear();
            return batch;
        }
    }
}
