namespace Multiprocessing;

/// <summary>
/// What hands out blocks, containers and locks that are unlinked for you: a <see cref="SharedMemoryManager"/>, at its end, or a
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

    /// <summary>
    /// Makes anything that lies in one block of shared memory: the one way in which all that a manager hands out is made, and the way for types of your own.
    /// <code>
    /// using var sensors = manager.Create((name, options) =&gt; SensorTable.Create(64, name, options));
    /// </code>
    /// </summary>
    /// <typeparam name="T">What it is; its <see cref="ISharedStructure.Kind"/> is what lists show.</typeparam>
    /// <param name="create">
    /// Makes it in one block under the name that it is given, new (<see cref="SharedMemoryExistsException"/> if that is taken: it is called again with another), and with the options of the
    /// manager's blocks.
    /// </param>
    /// <exception cref="InvalidOperationException">It was made under another name, or not made. What was made is disposed and left where it is.</exception>
    /// <inheritdoc cref="CreateBlock" path="/exception"/>
    public T Create<T>(Func<string, SharedMemoryOptions, T> create)
        where T : ISharedStructure
    {
        ArgumentNullException.ThrowIfNull(create);
        return Make(create);
    }

    /// <summary>Makes a block of <paramref name="size"/> bytes, all zero, under a name of the manager's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or more than there can be.</exception>
    /// <exception cref="SharedMemoryFullException">There is no room for it.</exception>
    /// <exception cref="SharedMemoryManagerException">The manager's server is gone: nobody would unlink the block.</exception>
    /// <exception cref="ObjectDisposedException">The manager or scope has ended.</exception>
    public SharedMemory CreateBlock(long size) => Make((name, options) => SharedMemory.Create(size, name, options));

    /// <summary>Named, created, told of.</summary>
    private protected abstract T Make<T>(Func<string, SharedMemoryOptions, T> create)
        where T : ISharedStructure;

    /// <summary>Disposes what was made under another name than it was given, and refuses it.</summary>
    private protected static void ThrowUnlessNamed<T>(T made, string name)
        where T : ISharedStructure
    {
        if (made is null || made.Block.Name != name)
        {
            // A name that is not the manager's is nobody's to unlink here; what it is, a file maybe, only its maker knows.
            string what = made is null ? "nothing was" : $"'{made.Block.Name}' was, which is left as it is";
            made?.Dispose();
            throw new InvalidOperationException($"A {typeof(T).Name} was to be made in one block under the name '{name}', but {what}.");
        }
    }

    /// <summary>What is unlinked by name must have one, and a file is not a manager's to delete.</summary>
    private protected static void RequireNamed(SharedMemoryOptions? options, string parameter)
    {
        if (options is { Backing: not SharedMemoryBacking.Named })
        {
            throw new ArgumentException($"A manager hands out named blocks, not {options.Backing.ToString().ToLowerInvariant()} ones: make that without it.", parameter);
        }
    }
}
