namespace Multiprocessing;

/// <summary>A block was to be created under a name that is taken. Nothing was changed.</summary>
public sealed class SharedMemoryExistsException : IOException
{
    internal SharedMemoryExistsException(string name)
        : base($"A block called '{name}' exists already.") => Name = name;

    /// <summary>The name that is taken.</summary>
    public string Name { get; }
}
