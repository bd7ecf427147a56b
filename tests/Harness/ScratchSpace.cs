namespace Multiprocessing.Tests;

/// <summary>Names, files and whatever else a test makes, gone at its end, whatever became of it. The project of a type adds how that is made.</summary>
public abstract class ScratchSpace : IDisposable
{
    private readonly Stack<IDisposable> _open = [];
    private readonly HashSet<string> _names = [];
    private readonly Lock _keeping = new();
    private string? _folder;

    /// <summary>A folder of this test's own.</summary>
    public string Folder => _folder ??= Directory.CreateTempSubdirectory("multiprocessing-tests-").FullName;

    /// <summary>A name that nothing has yet.</summary>
    public string NewName() => Adopt($"psm_{Guid.NewGuid():N}"[..20]);

    /// <summary>The path of a file that does not exist yet.</summary>
    public string NewPath() => Path.Combine(Folder, Path.GetRandomFileName());

    /// <summary>A block of bytes that somebody claims is more than that.</summary>
    public string Block(ReadOnlySpan<byte> bytes)
    {
        string name = NewName();
        using var block = SharedMemory.Create(bytes.Length, name);
        bytes.CopyTo(block.Span);
        return name;
    }

    /// <summary>Unlinks a block that somebody else makes.</summary>
    public string Adopt(string name)
    {
        _names.Add(name);
        return name;
    }

    /// <summary>Disposes it at the end; the last one first.</summary>
    public T Keep<T>(T open)
        where T : IDisposable
    {
        lock (_keeping)
        {
            _open.Push(open);
        }

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

        AfterUnlink();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>What else a type leaves; the files of the folder are there still.</summary>
    protected virtual void AfterUnlink()
    {
    }
}
