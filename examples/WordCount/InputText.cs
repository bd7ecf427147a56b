namespace WordCount;

/// <summary>The files to count, as one text: a NUL stands between each two, so that no word runs from one into the next.</summary>
internal sealed class InputText
{
    private const string Solution = "SharedMemoryManager.sln";

    // What builds, tests and benchmarks write; folders that begin with a dot are no text of anybody's either.
    private static readonly string[] Generated = ["bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts"];

    private readonly List<byte[]> _contents;

    private InputText(IReadOnlyList<string> files)
    {
        Files = files;
        _contents = [.. files.Select(File.ReadAllBytes)];
        FileBytes = _contents.Sum(content => (long)content.Length);
        long bytes = FileBytes + Math.Max(0, files.Count - 1);
        Bytes = bytes <= int.MaxValue ? (int)bytes : throw new IOException($"The text has {bytes} bytes, more than a span can hold.");
    }

    internal IReadOnlyList<string> Files { get; }

    /// <summary>The bytes of the files.</summary>
    internal long FileBytes { get; }

    /// <summary>The bytes of the text: those of the files, and one between each two.</summary>
    internal int Bytes { get; }

    /// <summary>No block has no bytes, but a text may.</summary>
    internal int BlockSize => Math.Max(1, Bytes);

    internal static InputText OfFile(string path) => new([path]);

    internal static InputText OfCheckout()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, Solution)))
        {
            root = Path.GetDirectoryName(root);
        }

        return root is null
            ? throw new FileNotFoundException($"No FILE was given, and no folder above {AppContext.BaseDirectory} has a {Solution}.")
            : new InputText([.. TextFiles(new DirectoryInfo(root)).Order(StringComparer.Ordinal)]);
    }

    internal void CopyTo(Span<byte> block)
    {
        foreach (byte[] content in _contents)
        {
            content.CopyTo(block);
            block = block[Math.Min(block.Length, content.Length + 1)..];
        }
    }

    private static IEnumerable<string> TextFiles(DirectoryInfo folder) =>
        folder.EnumerateFiles()
            .Where(file => file.Extension is ".md" or ".cs" || file.Name == "LICENSE")
            .Select(file => file.FullName)
            .Concat(folder.EnumerateDirectories()
                .Where(inner => inner.Name[0] != '.' && !Generated.Contains(inner.Name) && inner.LinkTarget is null)
                .SelectMany(TextFiles));
}
