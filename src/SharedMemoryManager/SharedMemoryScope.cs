namespace Multiprocessing;

/// <summary>
/// A part of a manager's life: what it hands out is unlinked when it is disposed. If this process is killed before that, the manager
/// unlinks it at its own end. From <see cref="SharedMemoryManager.BeginScope"/>; safe for use by several threads.
/// </summary>
public sealed partial class SharedMemoryScope : SharedMemorySource, IDisposable
{
    private readonly SharedMemoryManager _manager;
    private readonly List<string> _names = [];
    private bool _ended;

    internal SharedMemoryScope(SharedMemoryManager manager) => _manager = manager;

    /// <summary>Unlinks what the scope handed out. What has been unlinked before is no error.</summary>
    /// <exception cref="AggregateException">Some of it could not be unlinked; the rest is.</exception>
    public void Dispose()
    {
        string[] names;
        lock (_names)
        {
            _ended = true;
            names = [.. _names];
            _names.Clear();
        }

        ReleaseObjects();
        var failures = new List<Exception>();
        foreach (string name in names)
        {
            try
            {
                _manager.TryRelease(name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failures.Add(e);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    private protected override T Make<T>(Func<string, SharedMemoryOptions, T> create)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        T made = _manager.Create(create);
        lock (_names)
        {
            if (!_ended)
            {
                _names.Add(made.Block.Name);
                return made;
            }
        }

        // The scope ended in between: this one is too late to be its.
        _manager.TryRelease(made.Block.Name);
        made.Dispose();
        throw new ObjectDisposedException(nameof(SharedMemoryScope));
    }
}
