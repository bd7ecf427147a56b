namespace Multiprocessing;

/// <summary>How a block is created. The defaults are what Python does, plus reserved pages.</summary>
public sealed record SharedMemoryOptions
{
    internal static readonly SharedMemoryOptions Default = new();

    /// <summary>Who may open the block. Default: its owner alone (0600). Set exactly as given, whatever the umask is.
    /// Not used on Windows.</summary>
    public UnixFileMode Mode { get; init; } = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Whether all pages are reserved at creation (default). A full <c>/dev/shm</c> is then a
    /// <see cref="SharedMemoryFullException"/> at once; without, it is a SIGBUS at the first write to a page that cannot be had.
    /// macOS, and file systems that cannot reserve, take pages as they are written all the same.
    /// </summary>
    public bool Reserve { get; init; } = true;

    /// <summary>Where the bytes live. Default: <see cref="SharedMemoryBacking.Named"/>.</summary>
    public SharedMemoryBacking Backing { get; init; }
}
