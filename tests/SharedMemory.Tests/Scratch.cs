namespace Multiprocessing.Tests;

/// <summary>Names, blocks and files that are gone at the end of a test, whatever became of it.</summary>
internal sealed class Scratch : IDisposable
{
    private const string Shm = "/dev/shm";

    private readonly Stack<IDisposable> _open = [];
    private readonly HashSet<string> _names = [];
    private string? _folder;

    /// <summary>A folder of this test's own.</summary>
    internal string Folder => _folder ??= Directory.CreateTempSubdirectory("shared-memory-tests-").FullName;

    /// <summary>A name that nothing has yet.</summary>
    internal string NewName()
    {
        string name = $"psm_t{Guid.NewGuid():N}"[..24];
        _names.Add(name);
        return name;
    }

    /// <summary>The path of a file that does not exist yet.</summary>
    internal string NewPath() => Path.Combine(Folder, Path.GetRandomFileName());

    /// <summary>A new block under a new name, or under this one.</summary>
    internal SharedMemory Create(long size, string? name = null, SharedMemoryOptions? options = null) =>
        Keep(SharedMemory.Create(size, name ?? NewName(), options));

    internal SharedMemory Attach(string name, bool readOnly = false) => Keep(SharedMemory.Attach(name, readOnly));

    /// <summary>Where the system keeps the block of a name. The test is skipped where it does not do that in files.</summary>
    internal static string PathOf(string name)
    {
        Peer.Require(Directory.Exists(Shm), Shm);
        return Path.Combine(Shm, name);
    }

    /// <summary>A block as a creator leaves it that died before the sizing.</summary>
    internal string Unsized()
    {
        string name = NewName();
        File.Create(PathOf(name)).Dispose();
        return name;
    }

    /// <summary>Unlinks a block that somebody else makes.</summary>
    internal string Adopt(string name)
    {
        _names.Add(name);
        return name;
    }

    internal T Keep<T>(T open)
        where T : IDisposable
    {
        _open.Push(open);
        return open;
    }

    public void Dispose()
    {
        while (_open.TryPop(out IDisposable? open))
        {
            open.Dispose();
        }

        foreach (string name in _names)
        {
            SharedMemory.TryUnlink(name);
        }

        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
