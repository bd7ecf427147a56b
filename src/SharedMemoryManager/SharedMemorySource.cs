namespace Multiprocessing;

/// <summary>
/// What hands out blocks and lists that are unlinked for you: a <see cref="SharedMemoryManager"/>, at its end, or a
/// <see cref="SharedMemoryScope"/> of one, at the scope's.
/// </summary>
/// <remarks>
/// What is handed out is disposed by its user, like any other: that closes this process's mapping, and the block stays for the others
/// until the manager or scope unlinks it.
/// </remarks>
public abstract partial class SharedMemorySource
{
    private protected SharedMemorySource()
    {
    }

    /// <summary>Makes a block of <paramref name="size"/> bytes, all zero, under a name of the manager's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    /// <exception cref="SharedMemoryFullException">There is no room for it.</exception>
    /// <exception cref="SharedMemoryManagerException">The manager's server is gone: nobody would unlink the block.</exception>
    /// <exception cref="ObjectDisposedException">The manager or scope has ended.</exception>
    public SharedMemory CreateBlock(long size) =>
        Make(BlockKinds.Block, (name, options) => SharedMemory.Create(size, name, options), block => block);

    /// <summary>Makes a list of these items, which stock Python attaches to as <c>ShareableList(name=…)</c>.</summary>
    /// <exception cref="ArgumentException">An item is of a type, or a size, that a list cannot hold.</exception>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public ShareableList CreateList(params IEnumerable<object?> items) =>
        Make(BlockKinds.List, (name, options) => ShareableList.Create(items, name, options), list => list.Block);

    /// <summary>The one way in which anything is made: named, created, told of.</summary>
    private protected abstract T Make<T>(string kind, Func<string, SharedMemoryOptions, T> create, Func<T, SharedMemory> blockOf)
        where T : IDisposable;
}
