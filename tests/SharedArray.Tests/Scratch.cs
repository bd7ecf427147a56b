namespace Multiprocessing.Tests;

/// <summary>Arrays, blocks and files that are gone at the end of a test, whatever became of it.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly List<IDisposable> _open = [];
    private readonly List<string> _names = [];
    private string? _folder;

    /// <summary>A name that nothing has yet.</summary>
    internal string NewName()
    {
        string name = $"psm_a{Guid.NewGuid():N}"[..24];
        _names.Add(name);
        return name;
    }

    /// <summary>The path of a file that does not exist yet, in a folder of this test's own.</summary>
    internal string NewPath() => Path.Combine(
        _folder ??= Directory.CreateTempSubdirectory("shared-array-tests-").FullName, Path.GetRandomFileName());

    internal SharedArray<T> Create<T>(params ReadOnlySpan<nint> shape)
        where T : unmanaged => Keep(SharedArray<T>.Create(NewName(), shape));

    internal SharedArray Create(string type, params ReadOnlySpan<nint> shape) =>
        Keep(SharedArray.Create(NewName(), shape, SharedArrayType.Parse(type)));

    internal SharedArray Attach(string name, bool readOnly = false) => Keep(SharedArray.Attach(name, readOnly));

    /// <summary>A block of bytes that somebody claims is an array.</summary>
    internal string Block(ReadOnlySpan<byte> bytes)
    {
        string name = NewName();
        using var block = SharedMemory.Create(bytes.Length, name);
        bytes.CopyTo(block.Span);
        return name;
    }

    internal T Keep<T>(T open)
        where T : IDisposable
    {
        _open.Add(open);
        return open;
    }

    public void Dispose()
    {
        _open.ForEach(static open => open.Dispose());
        _names.ForEach(static name => SharedMemory.TryUnlink(name));
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>All bytes of the elements.</summary>
    internal static byte[] Bytes(SharedArray array) => array.Block.AsReadOnlySpan<byte>(0, (int)array.Size).ToArray();

    /// <summary>A file that the extension wrote.</summary>
    internal static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "golden", name);
}
