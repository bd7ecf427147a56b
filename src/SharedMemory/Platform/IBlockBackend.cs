namespace Multiprocessing;

/// <summary>What an operating system does for blocks. One implementation each; nothing above asks which system it runs on.</summary>
internal interface IBlockBackend
{
    /// <summary>The longest name, in bytes of UTF-8.</summary>
    int MaxNameBytes { get; }

    /// <summary>Whether <see cref="List"/> can see the blocks that exist. Where not, only who made a name can unlink it.</summary>
    bool CanList { get; }

    /// <summary>Whether a block goes with its last handle, so that somebody must hold one for as long as it is to live.</summary>
    bool LivesByHandles { get; }

    /// <summary>How many bytes of blocks can be made before the system is full; null if it does not say.</summary>
    long? FreeSpace { get; }

    /// <summary>Fills a buffer of at most 256 bytes with random numbers that nobody can guess.</summary>
    void FillRandom(Span<byte> buffer);

    /// <summary>Makes a block that did not exist. <exception cref="SharedMemoryExistsException">It did.</exception></summary>
    /// <param name="name">Its name.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="options">Mode and reservation.</param>
    /// <param name="end">What its last bytes are to be, the first of these written last; empty for zeros.</param>
    Mapping Create(BlockName name, long size, SharedMemoryOptions options, ReadOnlySpan<byte> end);

    /// <summary>Makes a block without a name; its mapping says by what name others reach it.</summary>
    Mapping CreateAnonymous(long size, SharedMemoryOptions options);

    /// <summary>Maps a block that exists.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="readOnly">Whether to map it for reading only.</param>
    /// <param name="end">Gets its last bytes, which costs less than to touch the page that they are in; nothing is read into an empty one.</param>
    Mapping Attach(BlockName name, bool readOnly, EndOfBlock end);

    /// <summary>Removes the name; false if there was none.</summary>
    bool TryUnlink(BlockName name);

    /// <summary>
    /// Removes, where blocks can be listed, every name that begins with <paramref name="prefix"/>, and the hidden one behind it, and does not stop at a
    /// failure. Looks again until there is nothing left to remove: a guard may be in the middle of a last step.
    /// </summary>
    /// <param name="prefix">How the names begin.</param>
    /// <param name="removed">Gets the names of the blocks that were there, hidden or not.</param>
    /// <param name="failures">Gets what is still there, and why.</param>
    void UnlinkAll(string prefix, ISet<string> removed, List<string> failures);

    /// <summary>
    /// Gives a block a second name; false if the block is gone or the second name is taken, or where blocks have only one.
    /// </summary>
    bool TryLink(BlockName name, BlockName second);

    /// <summary>Whether there is such a block.</summary>
    bool Exists(BlockName name);

    /// <summary>The size that others will see of a block that is made with <paramref name="size"/>: itself, or the next whole page.</summary>
    long SizeAsAttached(bool isFile, long size);

    /// <summary>What the system says of a block by its name, without opening it; false if there is none that can be looked at.</summary>
    bool TryLookAt(BlockName name, out FileStatus status);

    /// <summary>Reads the last bytes of a block without mapping it.</summary>
    /// <returns>The size of the block.</returns>
    long ReadEnd(BlockName name, EndOfBlock end);

    /// <summary>The names of the blocks that exist and begin with <paramref name="prefix"/>, in no order.</summary>
    List<string> ListNames(string prefix);

    /// <summary>What the system says of the blocks that exist and whose name begins with <paramref name="prefix"/>, unopened, in order of their names.</summary>
    List<(string Name, FileStatus Status)> ListStatuses(string prefix);

    /// <summary>What a block begins with, if that is a structure of a format of ours; null if not, or if it cannot be read.</summary>
    string? KindOf(string name);

    /// <summary>The blocks that exist and whose name begins with <paramref name="prefix"/>, in order of their names.</summary>
    IReadOnlyList<SharedMemoryInfo> List(string prefix);
}
