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
public sealed unsafe partial class SharedMemory : ISharedStructure
{
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
}
