namespace Multiprocessing;

/// <summary>How a table of slots is created. What says how the table behaves is written into it, and holds for all that attach.</summary>
public sealed record SlotMemoryOptions
{
    internal static readonly SlotMemoryOptions Default = new();

    /// <summary>
    /// The file that the table is read from when it is created, and written to by <see cref="SlotMemory.Save"/>, by
    /// <see cref="SaveInterval"/>, and when the last process that may write to it disposes it. Null (default): none. The format is that of httpd's
    /// mod_slotmem_shm, to the byte.
    /// </summary>
    public string? Persist { get; init; }

    /// <summary>Whether a slot must be grabbed before it is read or written, and <see cref="SlotMemory.ForEach"/> visits grabbed slots only.</summary>
    public bool PreGrab { get; init; }

    /// <summary>Whether the file says of all slots that they are free, whatever they were. The data are kept.</summary>
    public bool ClearInUse { get; init; }

    /// <summary>How often this process writes the file. Null (default): only when asked to and at the end.</summary>
    public TimeSpan? SaveInterval { get; init; }

    /// <summary>
    /// Whether a valid file of another slot size, slot count or type is taken over as far as it fits: slots keep their numbers, bytes that are new are 0, and
    /// the old file is kept as <c>FILE.migrated</c>. Default: it is rejected.
    /// </summary>
    public bool Migrate { get; init; }

    /// <summary>
    /// Whether a file that cannot be read back is an <see cref="InvalidDataException"/>, and stays where it is. Default: it is renamed to
    /// <c>FILE.rejected</c>, the table starts empty, and <see cref="SlotMemory.Restore"/> says why.
    /// </summary>
    public bool RequireRestore { get; init; }

    /// <summary>
    /// Whether a grab that finds the table full gives back the slots of dead processes first (<see cref="SlotMemory.ReleaseDead()"/>). A grab that is refused all the
    /// same has then asked of every owner whether it lives: some microseconds each.
    /// </summary>
    public bool ReleaseDeadWhenFull { get; init; }

    /// <summary>Whether a slot is filled with zeros when it is grabbed. Default: it holds what it held.</summary>
    public bool ClearOnGrab { get; init; }

    /// <summary>
    /// Every slot begins at a multiple of this many bytes: a power of two up to 4096. Default 8, enough for atomic operations on numbers;
    /// 64 keeps slots that different processes write to out of each other's cache lines.
    /// </summary>
    public int Alignment { get; init; } = 8;

    /// <summary>How the block is created.</summary>
    public SharedMemoryOptions? Block { get; init; }
}
