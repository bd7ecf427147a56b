namespace Multiprocessing;

/// <summary>
/// Keeps the names of a manager's blocks from those who unlink what they only attached to: CPython's resource tracker, at the exit of a stock
/// Python (gh-82300). Each block gets a hidden second name; when the first goes and the second is still there, the first is put back, to the same memory.
/// </summary>
/// <remarks>
/// Who means it removes the hidden name first (<see cref="SharedMemory.Unlink"/>, <c>Release</c>, the manager's end). Linux only: elsewhere a block has one name.
/// </remarks>
internal sealed class NameGuard : IDisposable
{
    /// <summary>How often to look where the system has no watch to give (fs.inotify.max_user_instances is used up).</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    private readonly string _prefix;
    private readonly Lock _lock = new();
    private FileSystemWatcher? _watcher;
    private Timer? _looks;
    private bool _disposed;

    internal NameGuard(string prefix) => _prefix = prefix;

    /// <summary>Guards what is there, and begins to watch.</summary>
    internal void Start()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            try
            {
                Watch();
            }
            catch (IOException e)
            {
                Console.Error.WriteLine($"no watch, looking every {LookInterval.TotalMilliseconds} ms instead: {e.Message}");
                _looks = new Timer(_ => LookAtAll(), null, LookInterval, LookInterval);
            }
        }

        LookAtAll();
    }

    /// <summary>Gives a block its hidden name.</summary>
    internal static void Guard(string name)
    {
        if (BlockName.Parse(name) is { Guard: BlockName guard } block)
        {
            TryLink(block, guard);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _watcher?.Dispose();
            _looks?.Dispose();
        }
    }

    private void Watch()
    {
        _watcher?.Dispose();
        _watcher = new FileSystemWatcher(LeaseFile.Directory, _prefix + "*")
        {
            NotifyFilter = NotifyFilters.FileName,
            IncludeSubdirectories = false,
        };
        _watcher.Deleted += (_, e) => Restore(e.Name!);
        _watcher.Renamed += (_, e) => Restore(e.OldName!);

        // More went at once than the watch could tell. After that it tells nothing more, so another takes its place, and not on its own thread.
        _watcher.Error += (_, _) => ThreadPool.QueueUserWorkItem(_ => Start());
        _watcher.EnableRaisingEvents = true;
    }

    /// <summary>Puts back the name of a block that has its hidden one.</summary>
    private static void Restore(string name)
    {
        if (BlockName.Parse(name) is { Guard: BlockName guard } block)
        {
            TryLink(guard, block);
        }
    }

    private static void TryLink(BlockName from, BlockName to)
    {
        try
        {
            BlockBackend.Current.TryLink(from, to);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Out of names (tmpfs counts them), say. The block is there, by one name.
            Console.Error.WriteLine($"could not link {from} to {to}: {e.Message}");
        }
    }

    private void LookAtAll()
    {
        IBlockBackend backend = BlockBackend.Current;
        foreach (string hidden in backend.ListNames(BlockName.GuardPrefix + _prefix))
        {
            Restore(hidden[BlockName.GuardPrefix.Length..]);
        }

        foreach (string name in backend.ListNames(_prefix))
        {
            Guard(name);
        }
    }
}
