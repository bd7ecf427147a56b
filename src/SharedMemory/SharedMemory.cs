using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// A block of memory with a name, which any number of processes map at once: what Python's
/// <c>multiprocessing.shared_memory.SharedMemory</c> is, and attachable from there by name.
/// </summary>
/// <remarks>
/// <para>Layout: none. The block is exactly <see cref="Size"/> bytes, all of them the user's, zero at creation.</para>
/// <para><see cref="Dispose"/> closes this process's mapping and leaves the block; <see cref="Unlink"/> removes the name, and the
/// memory goes when the last process has closed it. A block that nobody unlinks stays until the machine restarts:
/// <c>SharedMemoryManager</c> is there so that this never happens.</para>
/// <para>Use after <see cref="Dispose"/> is an <see cref="ObjectDisposedException"/>, except through a <see cref="Span{T}"/>, a
/// <c>ref</c> or an address that the caller kept: those must not outlive the block. There is no finalizer, on purpose: the garbage
/// collector cannot see that a span still points into a block, so a forgotten block stays mapped until the process ends.</para>
/// </remarks>
public sealed unsafe class SharedMemory : ISharedStructure
{
    /// <summary>A name that is taken and yet not there, time after time, is no race any more: a symbolic link to nothing, say.</summary>
    private const int MostAttempts = 1000;

    private readonly Mapping _mapping;
    private byte* _start;
    private bool _disposed;
    private BlockMemoryManager? _memory;

    private SharedMemory(Mapping mapping, bool wasCreated)
    {
        _mapping = mapping;
        _start = (byte*)mapping.Address;
        WasCreated = wasCreated;
        CreatorLog.Current?.Mapped(mapping, wasCreated);
    }

    /// <summary>The name by which another process attaches: pass it to <see cref="Attach"/>, or to Python.</summary>
    public string Name => _mapping.Name;

    string ISharedStructure.Kind => "block";

    SharedMemory ISharedStructure.Block => this;

    /// <summary>The size in bytes: exactly what was asked for at creation (on Windows and macOS: rounded up to pages for who attaches).</summary>
    public long Size => _mapping.Size;

    /// <summary>Who may open the block.</summary>
    public UnixFileMode Mode => _mapping.Mode;

    /// <summary>Whether this process may only read the block.</summary>
    public bool IsReadOnly => _mapping.IsReadOnly;

    /// <summary>Whether this call made the block; false when it attached to one that existed.</summary>
    public bool WasCreated { get; }

    /// <summary>All bytes of the block.</summary>
    /// <exception cref="ObjectDisposedException">The block is disposed.</exception>
    /// <exception cref="NotSupportedException">The block is attached read-only.</exception>
    /// <exception cref="InvalidOperationException">The block is larger than a span can be; take parts with <see cref="AsSpan{T}"/>.</exception>
    public Span<byte> Span
    {
        get
        {
            return new Span<byte>(WritableStart, SpanLength());
        }
    }

    /// <summary>All bytes of the block, to read.</summary>
    /// <inheritdoc cref="Span"/>
    public ReadOnlySpan<byte> ReadOnlySpan
    {
        get
        {
            return new ReadOnlySpan<byte>(Start, SpanLength());
        }
    }

    /// <summary>
    /// The block as <see cref="Memory{T}"/>, which may be kept and passed on: after <see cref="Dispose"/> its span throws, and a
    /// pinned handle keeps the bytes mapped until it is disposed.
    /// </summary>
    /// <inheritdoc cref="Span"/>
    public Memory<byte> Memory
    {
        get
        {
            _ = WritableStart;
            return MemoryManager().Memory;
        }
    }

    /// <summary>The block as <see cref="ReadOnlyMemory{T}"/>. See <see cref="Memory"/>.</summary>
    /// <inheritdoc cref="Span"/>
    public ReadOnlyMemory<byte> ReadOnlyMemory
    {
        get
        {
            ThrowIfDisposed();
            return MemoryManager().Memory;
        }
    }

    /// <summary>Where the block begins in this process: for native code, and for blocks past 2 GiB. Valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The block is disposed.</exception>
    public nint Address => (nint)Start;

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

    /// <summary>A part of the block as values of <typeparamref name="T"/>, to read and write.</summary>
    /// <param name="byteOffset">Where it begins, in bytes.</param>
    /// <param name="length">How many values; null for as many as there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within the block.</exception>
    /// <inheritdoc cref="Span"/>
    public Span<T> AsSpan<T>(long byteOffset = 0, int? length = null)
        where T : unmanaged
    {
        byte* start = WritableStart;
        return new Span<T>(start + byteOffset, CheckedLength<T>(byteOffset, length));
    }

    /// <summary>A part of the block as values of <typeparamref name="T"/>, to read. See <see cref="AsSpan{T}"/>.</summary>
    /// <inheritdoc cref="AsSpan{T}"/>
    public ReadOnlySpan<T> AsReadOnlySpan<T>(long byteOffset = 0, int? length = null)
        where T : unmanaged
    {
        byte* start = Start;
        return new ReadOnlySpan<T>(start + byteOffset, CheckedLength<T>(byteOffset, length));
    }

    /// <summary>The value of <typeparamref name="T"/> at an offset, by reference: for counters, flags, and blocks past 2 GiB.</summary>
    /// <param name="byteOffset">Where it is, in bytes. Aligned to its size if others use it at the same time.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within the block.</exception>
    /// <inheritdoc cref="Span"/>
    public ref T GetReference<T>(long byteOffset)
        where T : unmanaged => ref At<T>(WritableStart, byteOffset);

    /// <summary>The value of <typeparamref name="T"/> at an offset, by reference, to read. See <see cref="GetReference{T}"/>.</summary>
    /// <inheritdoc cref="GetReference{T}"/>
    public ref readonly T GetReadOnlyReference<T>(long byteOffset)
        where T : unmanaged => ref At<T>(Start, byteOffset);

    /// <summary>Keeps the block in memory: it is never swapped out (mlock).</summary>
    /// <exception cref="UnauthorizedAccessException">This user may not lock memory.</exception>
    /// <exception cref="InsufficientMemoryException">It is more than the user's limit (RLIMIT_MEMLOCK), which the message names.</exception>
    public void Lock()
    {
        HoldMapping();
        try
        {
            _mapping.Lock();
        }
        finally
        {
            ReleaseMapping();
        }
    }

    /// <summary>Lets the block be swapped out again (munlock).</summary>
    public void Unlock()
    {
        HoldMapping();
        try
        {
            _mapping.Unlock();
        }
        finally
        {
            ReleaseMapping();
        }
    }

    /// <summary>Writes a file-backed block to its file (msync). Of no use, and no harm, for the others.</summary>
    /// <param name="wait">Whether to return only when the bytes are on the disk; else the system writes them when it sees fit.</param>
    public void Flush(bool wait = true) => Flush(wait, invalidate: false);

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

    /// <summary>Closes this process's mapping, now or when the last pinned <c>MemoryHandle</c> is disposed. The block stays.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            _start = null;
            _mapping.ReleaseUser();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"SharedMemory('{Name}', size={Size})";

    /// <summary>
    /// Where the block begins, for the containers, which check their offsets themselves. Read once, so that a dispose by another
    /// thread between the check and the use is an exception too.
    /// </summary>
    internal byte* Start
    {
        get
        {
            byte* start = _start;
            ObjectDisposedException.ThrowIf(start == null, this);
            return start;
        }
    }

    /// <summary>Likewise, and asks that other mappings of the file see what is in it now (MS_INVALIDATE).</summary>
    internal void Flush(bool wait, bool invalidate)
    {
        HoldMapping();
        try
        {
            _mapping.Flush(wait, invalidate);
        }
        finally
        {
            _mapping.ReleaseUser();
        }
    }

    /// <summary>
    /// Maps the pages of a range in advance, for one system call instead of one page fault each. Where the system cannot, they are mapped as
    /// they are touched.
    /// </summary>
    /// <exception cref="IOException">A page cannot be had: the block was not reserved, and its memory or disk is full.</exception>
    internal void Prefault(long byteOffset, long length)
    {
        HoldMapping();
        try
        {
            _mapping.Prefault(byteOffset, length);
        }
        finally
        {
            _mapping.ReleaseUser();
        }
    }

    /// <summary>Whether <see cref="Dispose"/> was called.</summary>
    internal bool IsDisposed => _start == null;

    /// <summary>
    /// Keeps the memory mapped, whatever other threads dispose meanwhile, until <see cref="ReleaseMapping"/>: for a system call about it, or for as long as a
    /// thread holds a lock in it.
    /// </summary>
    internal void HoldMapping()
    {
        ThrowIfDisposed();
        ObjectDisposedException.ThrowIf(!_mapping.TryAddUser(), this);
    }

    internal void ReleaseMapping() => _mapping.ReleaseUser();

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_start == null, this);

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

    private byte* WritableStart
    {
        get
        {
            byte* start = Start;
            return _mapping.IsReadOnly ? throw new NotSupportedException($"The block '{Name}' is attached read-only.") : start;
        }
    }

    private int SpanLength() =>
        _mapping.Size <= int.MaxValue
            ? (int)_mapping.Size
            : throw new InvalidOperationException(
                $"The block '{Name}' has {Size} bytes, more than one span can hold: take parts of it with AsSpan, or its Address.");

    private int CheckedLength<T>(long byteOffset, int? length)
        where T : unmanaged
    {
        if ((ulong)byteOffset > (ulong)_mapping.Size)
        {
            throw OutOfRange(nameof(byteOffset), byteOffset, 0);
        }

        long most = (_mapping.Size - byteOffset) / sizeof(T);
        if (length is int asked)
        {
            return asked >= 0 && asked <= most ? asked : throw OutOfRange(nameof(length), byteOffset, (long)asked * sizeof(T));
        }

        return most <= int.MaxValue
            ? (int)most
            : throw new InvalidOperationException($"The rest of '{Name}' is more than one span can hold: say how many values.");
    }

    private ref T At<T>(byte* start, long byteOffset)
        where T : unmanaged
    {
        if (byteOffset < 0 || byteOffset > _mapping.Size - sizeof(T))
        {
            throw OutOfRange(nameof(byteOffset), byteOffset, sizeof(T));
        }

        return ref Unsafe.AsRef<T>(start + byteOffset);
    }

    private ArgumentOutOfRangeException OutOfRange(string parameter, long byteOffset, long bytes) =>
        new(parameter, $"{bytes} bytes at offset {byteOffset} do not lie within the block '{Name}' of {Size} bytes.");

    private BlockMemoryManager MemoryManager()
    {
        SpanLength();
        return _memory ??= new BlockMemoryManager(this, _mapping);
    }
}
