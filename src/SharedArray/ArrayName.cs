namespace Multiprocessing;

/// <summary>Names as the Python extension takes them: <c>shm://x</c> or <c>x</c> for shared memory, <c>file://PATH</c> for a file.</summary>
internal static class ArrayName
{
    private const string SharedScheme = "shm://";
    private const string SchemeEnd = "://";

    /// <summary>The name of the block. The C library takes a slash before a shared name, and so do we.</summary>
    /// <exception cref="ArgumentException">It has some other scheme.</exception>
    internal static string ToBlock(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.StartsWith(BlockName.FileScheme, StringComparison.Ordinal))
        {
            return name;
        }

        string rest = name.StartsWith(SharedScheme, StringComparison.Ordinal) ? name[SharedScheme.Length..] : name;
        int scheme = rest.IndexOf(SchemeEnd, StringComparison.Ordinal);
        return scheme < 0
            ? rest.TrimStart('/')
            : throw new ArgumentException($"'{name}' has a scheme that is neither 'shm://' nor 'file://'.", nameof(name));
    }

    /// <summary>Likewise; a path, which has no scheme, is left alone if the options say that it is one.</summary>
    internal static string ToBlock(string name, SharedMemoryOptions? options)
    {
        ArgumentNullException.ThrowIfNull(name);
        return options?.Backing == SharedMemoryBacking.File ? name : ToBlock(name);
    }
}
