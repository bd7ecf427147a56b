namespace Multiprocessing;

/// <content>Blocks come, are found, and go by their names.</content>
public sealed unsafe partial class SharedMemory
{
    /// <summary>A name that is taken and yet not there, time after time, is no race any more: a symbolic link to nothing, say.</summary>
    private const int MostAttempts = 1000;

    /// <summary>Makes a new block, of zeros, and maps it.</summary>
    /// <param name="size">Its size in bytes, at least 1.</param>
    /// <param name="name">
    /// Its name; null for a random one of CPython's form (<c>psm_</c> and 8 hex digits). With <see cref="SharedMemoryBacking.File"/>
    /// the path of the file; <c>file://PATH</c> says the same without the option.
    /// </param>
    /// <param name="options">Mode, reservation, backing.</param>
    /// <exception cref="ArgumentException">The name cannot be one, or the size is not positive.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    /// <exception cref="SharedMemoryFullException">There is no room for it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made there.</exception>
    public static SharedMemory Create(long size, string? name = null, SharedMemoryOptions? options = null) => CreateEnding(size, name, options, []);

    /// <summary>The same, of zeros and, at its end, these bytes, the first of them written last.</summary>
    internal static SharedMemory CreateEnding(long size, string? name, SharedMemoryOptions? options, ReadOnlySpan<byte> end)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        options ??= SharedMemoryOptions.Default;
        IBlockBackend backend = BlockBackend.Current;
        if (options.Backing == SharedMemoryBacking.Anonymous)
        {
            if (name is not null)
            {
                throw new ArgumentException("An anonymous block has no name to be given.", nameof(name));
            }

            Mapping mapping = backend.CreateAnonymous(size, options);
            mapping.WriteEnd(end);
            return new SharedMemory(mapping, wasCreated: true);
        }

        if (name is not null)
        {
            return new SharedMemory(backend.Create(ParseName(name, options), size, options, end), wasCreated: true);
        }

        if (options.Backing == SharedMemoryBacking.File)
        {
            throw new ArgumentNullException(nameof(name), "A block in a file needs the path of the file.");
        }

        while (true)
        {
            try
            {
                return new SharedMemory(backend.Create(BlockName.Automatic(), size, options, end), wasCreated: true);
            }
            catch (SharedMemoryExistsException)
            {
                // One in four thousand million, per block that exists: take the next random name.
            }
        }
    }

    /// <summary>Maps a block that exists. A failed attach never harms it.</summary>
    /// <param name="name">Its name, or <c>file://PATH</c>.</param>
    /// <param name="readOnly">Whether to map it for reading only.</param>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's.</exception>
    /// <exception cref="InvalidDataException">It has no size: its creator has not come to that yet, or died before it did.</exception>
    /// <exception cref="InsufficientMemoryException">This process has no room in its address space to map it.</exception>
    public static SharedMemory Attach(string name, bool readOnly = false) => AttachReading(name, readOnly, default);

    /// <summary>The same, and reads the last bytes.</summary>
    internal static SharedMemory AttachReading(string name, bool readOnly, EndOfBlock end) =>
        new(BlockBackend.Current.Attach(BlockName.Parse(name), readOnly, end), wasCreated: false);

    /// <summary>Maps the block if it exists, or else makes it; <see cref="WasCreated"/> says which.</summary>
    /// <param name="name">Its name, or <c>file://PATH</c>.</param>
    /// <param name="size">Its size in bytes if it is made; a block that exists keeps its own, which must not be smaller.</param>
    /// <param name="options">Mode, reservation and backing if it is made.</param>
    /// <exception cref="ArgumentException">The name cannot be one, the size is not positive, or the backing is anonymous.</exception>
    /// <exception cref="InvalidDataException">It exists and is smaller than <paramref name="size"/>, or has no size.</exception>
    /// <exception cref="SharedMemoryFullException">It does not exist, and there is no room for it.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's, or may not be made there.</exception>
    public static SharedMemory CreateOrAttach(string name, long size, SharedMemoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        options ??= SharedMemoryOptions.Default;
        if (options.Backing == SharedMemoryBacking.Anonymous)
        {
            throw new ArgumentException("An anonymous block has no name to attach by.", nameof(options));
        }

        BlockName parsed = ParseName(name, options);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new SharedMemory(BlockBackend.Current.Create(parsed, size, options, []), wasCreated: true);
            }
            catch (SharedMemoryExistsException)
            {
                // Attach to it, unless it goes between the two calls: then make it after all.
            }

            try
            {
                var block = new SharedMemory(BlockBackend.Current.Attach(parsed, readOnly: false, default), wasCreated: false);
                if (block.Size >= size)
                {
                    return block;
                }

                block.Dispose();
                throw new InvalidDataException($"The block '{name}' exists with {block.Size} bytes, but {size} are needed.");
            }
            catch (FileNotFoundException) when (attempt < MostAttempts)
            {
            }
        }
    }

    /// <summary>Removes the name of a block, whoever made it, without mapping it. Who has it mapped keeps it.</summary>
    /// <returns>False if there was no such block.</returns>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's.</exception>
    public static bool TryUnlink(string name) => TryUnlink(BlockName.Parse(name));

    /// <summary>Whether there is such a block, of whatever user.</summary>
    /// <exception cref="UnauthorizedAccessException">The folder of a <c>file://</c> block may not be looked into.</exception>
    public static bool Exists(string name) => BlockBackend.Current.Exists(BlockName.Parse(name));

    /// <summary>The named blocks that exist on this machine, of whatever program and user, in order of their names.</summary>
    /// <exception cref="PlatformNotSupportedException">The system cannot list them (macOS, Windows).</exception>
    public static IReadOnlyList<SharedMemoryInfo> List() => BlockBackend.Current.List("");

    /// <summary>
    /// Removes the name, also after <see cref="Dispose"/>: nobody can attach any more, and the memory goes when the last process has
    /// closed it. On Windows, where a block has no life of its own, and for an anonymous block this does nothing.
    /// </summary>
    /// <exception cref="FileNotFoundException">The name is gone already.</exception>
    public void Unlink()
    {
        if (_mapping.IsUnlinkable && !TryUnlink(Name))
        {
            throw new FileNotFoundException($"The block '{Name}' is unlinked already.", Name);
        }
    }

    /// <summary>
    /// A block that a manager guards has a hidden name too, and the guard makes each of the two from the other. When both are gone at once, there
    /// is nothing to make them from: so both are unlinked until that is so. Most blocks go before they are guarded, and it is so at once.
    /// </summary>
    private static bool TryUnlink(BlockName name)
    {
        IBlockBackend backend = BlockBackend.Current;
        bool unlinked = backend.TryUnlink(name);
        while (name.Guard is BlockName guard && backend.TryUnlink(guard))
        {
            backend.TryUnlink(name);
            unlinked = true;
        }

        return unlinked;
    }

    private static BlockName ParseName(string name, SharedMemoryOptions options) =>
        options.Backing == SharedMemoryBacking.File && !name.StartsWith(BlockName.FileScheme, StringComparison.Ordinal)
            ? BlockName.ForFile(name)
            : BlockName.Parse(name);
}
