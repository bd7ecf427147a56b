namespace Multiprocessing;

/// <content>Making and attaching.</content>
public sealed unsafe partial class SharedArea
{
    /// <summary>Makes an area in a block of its own, of zeros.</summary>
    /// <param name="size">Its size in bytes, at least 1.</param>
    /// <param name="name">The name of the block; null for a random one.</param>
    /// <inheritdoc cref="Create(SharedAreaOptions)"/>
    public static SharedArea Create(long size, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return Create(new SharedAreaOptions { Size = size, Name = name });
    }

    /// <summary>Makes an area in a block of its own, or over a file, a descriptor or memory that is there.</summary>
    /// <param name="options">Which.</param>
    /// <exception cref="ArgumentException">The options contradict each other, or there is no size; a size is negative or of more than 63 bits.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    /// <exception cref="SharedMemoryFullException">There is no room for it.</exception>
    /// <exception cref="FileNotFoundException">There is no such file. It is never made.</exception>
    /// <exception cref="InvalidDataException">The file is shorter than what is asked of it. It is never made longer.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made there, or the file not be written.</exception>
    public static SharedArea Create(SharedAreaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        long size = options.AskedSize();
        int sources = (options.File is null ? 0 : 1) + (options.FileDescriptor is null ? 0 : 1) + (options.Pointer == 0 ? 0 : 1);
        if (sources > 1)
        {
            throw new ArgumentException("An area is over a file, a descriptor or a pointer: say one of them.", nameof(options));
        }

        if (options.File is not null || options.FileDescriptor is not null)
        {
            return options.Name is null
                ? OverFile(options, size)
                : throw new ArgumentException("A file is its own name: an area over it takes no other.", nameof(options));
        }

        if (options.Offset != 0)
        {
            throw new ArgumentException("Only a file has an offset.", nameof(options));
        }

        if (size == 0)
        {
            throw new ArgumentException("An area needs a size or pages.", nameof(options));
        }

        return options.Pointer == 0 ? InBlock(options, size) : OverPointer(options, size);
    }

    /// <summary>Makes an area of what uWSGI's option <c>--sharedarea</c> takes.</summary>
    /// <param name="text">A number of pages, or <c>key=value</c> pairs: see <see cref="SharedAreaOptions.Parse"/>.</param>
    /// <inheritdoc cref="Create(SharedAreaOptions)"/>
    public static SharedArea Parse(string text) => Create(SharedAreaOptions.Parse(text));

    /// <summary>Attaches to an area that exists.</summary>
    /// <param name="name">The name of its block, or <c>file://PATH</c> for all the bytes of a file.</param>
    /// <exception cref="FileNotFoundException">There is no such block, or file.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's.</exception>
    /// <exception cref="InvalidDataException">It is something else, or not finished.</exception>
    /// <exception cref="InvalidOperationException">Its bytes are memory of the maker's: say where that is in this process.</exception>
    public static SharedArea Attach(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.StartsWith(BlockName.FileScheme, StringComparison.Ordinal)
            ? Create(new SharedAreaOptions { File = name[BlockName.FileScheme.Length..] })
            : Attach(name, 0);
    }

    /// <summary>Attaches to an area whose bytes are memory that its maker and this process share.</summary>
    /// <param name="name">The name of the block of its control words.</param>
    /// <param name="address">Where that memory is in this process.</param>
    /// <inheritdoc cref="Attach(string)"/>
    public static SharedArea Attach(string name, nint address)
    {
        var control = OpenControl(SharedMemory.Attach(name));
        try
        {
            long size = *(long*)(control.Words + AreaControl.SizeOffset);
            long data = *(long*)(control.Words + AreaControl.DataOffset);
            return control.Source switch
            {
                AreaSource.Block when address == 0 && data >= AreaControl.ByteSize && size > 0 && size <= control.Block.Size - data =>
                    new SharedArea(name, control, null, control.Words + data, size),
                AreaSource.Pointer when address != 0 && size > 0 => new SharedArea(name, control, null, (byte*)address, size),
                AreaSource.Pointer when size > 0 =>
                    throw new InvalidOperationException($"The bytes of the area '{name}' are memory of its maker's: say where that is in this process."),
                AreaSource.File => throw new InvalidOperationException($"'{name}' are the control words of a file: attach to file://PATH."),
                AreaSource.Block when address != 0 => throw new InvalidOperationException($"The area '{name}' has its bytes in its block, and takes no pointer."),
                _ => throw new InvalidDataException(
                    $"'{name}' is an area that says it has {size} bytes at {data} (source {control.Source}); the block has {control.Block.Size}."),
            };
        }
        catch
        {
            control.Dispose();
            throw;
        }
    }

    private static SharedArea InBlock(SharedAreaOptions options, long size)
    {
        long data = AreaControl.DataStart;
        if (size > long.MaxValue - data)
        {
            throw new ArgumentOutOfRangeException(nameof(options), size, "So many bytes are more than a block can have.");
        }

        AreaControl control = MakeControl(options, data + size, size, data, AreaSource.Block);
        return new SharedArea(control.Block.Name, control, null, control.Words + data, size);
    }

    private static SharedArea OverPointer(SharedAreaOptions options, long size)
    {
        AreaControl control = MakeControl(options, AreaControl.ByteSize, size, 0, AreaSource.Pointer);
        return new SharedArea(control.Block.Name, control, null, (byte*)options.Pointer, size);
    }

    private static SharedArea OverFile(SharedAreaOptions options, long size)
    {
        string path = options.FileDescriptor is int descriptor ? FileIdentity.PathOf(descriptor) : Path.GetFullPath(options.File!);
        SharedMemory file = SharedMemory.Attach(BlockName.FileScheme + path);
        try
        {
            long offset = options.Offset;
            long rest = file.Size - offset;
            if (rest <= 0 || size > rest)
            {
                throw new InvalidDataException($"The file '{path}' has {file.Size} bytes: {Math.Max(size, 1)} from {offset} on are not there.");
            }

            string name = BlockName.FileScheme + (options.FileDescriptor is int open ? FileIdentity.PathForOthers(open) : path);
            UnixFileMode mode = file.Mode & (UnixFileMode)0x1b6;
            AreaControl control = AreaControl.ForFile(FileIdentity.Of(path), mode);
            return new SharedArea(name, control, file, file.Start + offset, size == 0 ? rest : size);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static AreaControl MakeControl(SharedAreaOptions options, long blockSize, long size, long data, AreaSource source)
    {
        SharedMemory block = SharedMemory.Create(blockSize, options.Name, options.Block);
        try
        {
            AreaControl.Build(block, size, data, source);
            return new AreaControl(block);
        }
        catch
        {
            block.Dispose();
            block.Unlink();
            throw;
        }
    }

    private static AreaControl OpenControl(SharedMemory block)
    {
        try
        {
            return new AreaControl(block);
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }
}
