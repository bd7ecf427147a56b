namespace Multiprocessing;

/// <summary>
/// An n-dimensional array in shared memory: what numpy's extension SharedArray makes, the same to the byte, so that Python attaches to
/// it by name and computes in place, and the other way round. With the type of its elements it is a <see cref="SharedArray{T}"/>.
/// </summary>
/// <remarks>
/// <para>Layout: the elements at offset 0, page aligned, in C order (the last index runs fastest) and the machine's byte order; at the end of the
/// block a footer that says type and shape. Stock Python without the extension attaches too: <c>np.ndarray(shape, dtype, buffer=shm.buf)</c>.</para>
/// <para>Names are <c>x</c> or <c>shm://x</c> for shared memory and <c>file://PATH</c> for a file.</para>
/// <para>There is no lock. One element of up to 8 bytes is written at once; who writes more than that while others read needs a lock of his own.</para>
/// <para><see cref="Dispose"/> closes this process's mapping and leaves the array; <see cref="Delete"/> or <see cref="Unlink"/> removes the name, and
/// the memory goes when the last process has closed it.</para>
/// <para>Use after <see cref="Dispose"/> is an <see cref="ObjectDisposedException"/>, except through a span, a <c>ref</c> or an address that the
/// caller kept.</para>
/// </remarks>
public abstract unsafe partial class SharedArray : ISharedStructure
{
    private readonly ArrayPlace _place;
    private readonly nint[] _shape;
    private readonly nint[] _strides;
    private bool _isDisposed;
    private bool _isPrefaulted;

    private protected SharedArray(ArrayPlace place)
    {
        _place = place;
        _shape = place.Description.Shape;
        _strides = ArrayShape.Strides(_shape);
        Block = place.Block;
        Length = place.Description.Length;
        IsReadOnly = place.Block.IsReadOnly;
    }

    string ISharedStructure.Kind => "array";

    /// <summary>The name by which another process attaches: to give to <see cref="Attach"/>, or to Python.</summary>
    public string Name => Block.Name;

    /// <summary>The block that the array is in, its footer included.</summary>
    public SharedMemory Block { get; }

    /// <summary>What the elements are.</summary>
    public SharedArrayType ElementType => _place.Description.Type;

    /// <summary>How many elements there are in each dimension; empty for a single element without dimensions.</summary>
    public ReadOnlySpan<nint> Shape => _shape;

    /// <summary>How many elements on the next index in each dimension is, as in <c>System.Numerics.Tensors</c> (numpy counts bytes).</summary>
    public ReadOnlySpan<nint> Strides => _strides;

    /// <summary>The number of dimensions.</summary>
    public int Rank => _shape.Length;

    /// <summary>How many elements there are in all.</summary>
    public long Length { get; }

    /// <summary>How many bytes they take. (The <see cref="Block"/> has the footer too.)</summary>
    public long Size => Length * ElementType.ItemSize;

    /// <summary>Whether this process may only read the array.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Whether this call made the block; false when it attached to one that existed.</summary>
    public bool WasCreated => Block.WasCreated;

    /// <summary>Where the first element is in this process: for native code. Valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public nint Address => (nint)Start;

    /// <summary>
    /// The same array with the type of its elements. It is in the same block: disposing either closes it for both.
    /// </summary>
    /// <typeparam name="T">
    /// The type of the elements; for bytes, text, records and dates, and for numbers that .NET has not, any struct of their size.
    /// </typeparam>
    /// <exception cref="InvalidCastException">The elements are something else; the message says what.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public SharedArray<T> As<T>()
        where T : unmanaged
    {
        ThrowIfDisposed();
        return this as SharedArray<T> ?? (ElementType.IsReadableAs<T>()
            ? new SharedArray<T>(_place)
            : throw new InvalidCastException($"The array '{Name}' has elements of {ElementType}, which are no {typeof(T)} ({SharedArrayType.Of<T>()})."));
    }

    /// <summary>The bytes of one element, to read and write: for the types that .NET has no name for.</summary>
    /// <param name="index">An index for each dimension.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index does not lie within the array.</exception>
    /// <exception cref="ArgumentException">There are more or fewer indexes than dimensions.</exception>
    /// <exception cref="NotSupportedException">The array is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public Span<byte> Item(params ReadOnlySpan<nint> index)
    {
        byte* start = WritableStart;
        return new Span<byte>(start + (OffsetOf(index) * ElementType.ItemSize), ElementType.ItemSize);
    }

    /// <summary>The bytes of one element, to read. See <see cref="Item"/>.</summary>
    /// <inheritdoc cref="Item"/>
    public ReadOnlySpan<byte> ReadOnlyItem(params ReadOnlySpan<nint> index)
    {
        byte* start = Start;
        return new ReadOnlySpan<byte>(start + (OffsetOf(index) * ElementType.ItemSize), ElementType.ItemSize);
    }

    /// <summary>Writes an array that is a file to that file (msync). Of no use, and no harm, for the others.</summary>
    /// <param name="how"><see cref="MemorySync.Sync"/> or <see cref="MemorySync.Async"/>, with or without <see cref="MemorySync.Invalidate"/>; or that alone.</param>
    /// <exception cref="ArgumentException">It is nothing, both of the first two, or some other number.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public void Flush(MemorySync how = MemorySync.Sync)
    {
        const MemorySync Both = MemorySync.Async | MemorySync.Sync;
        if (how == MemorySync.None || (how & ~(Both | MemorySync.Invalidate)) != 0 || (how & Both) == Both)
        {
            throw new ArgumentException($"{how} is not a way to flush: Sync or Async, and Invalidate with them or alone.", nameof(how));
        }

        ThrowIfDisposed();
        Block.Flush((how & MemorySync.Sync) != 0, (how & MemorySync.Invalidate) != 0);
    }

    /// <summary>Keeps the array in memory: it is never swapped out (mlock).</summary>
    /// <exception cref="UnauthorizedAccessException">This user may not lock memory.</exception>
    /// <exception cref="InsufficientMemoryException">It is more than the user's limit (RLIMIT_MEMLOCK), which the message names.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public void Lock()
    {
        ThrowIfDisposed();
        Block.Lock();
    }

    /// <summary>Lets the array be swapped out again (munlock).</summary>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public void Unlock()
    {
        ThrowIfDisposed();
        Block.Unlock();
    }

    /// <inheritdoc cref="SharedMemory.Unlink"/>
    public void Unlink() => Block.Unlink();

    /// <summary>
    /// Closes this process's mapping. The array stays until somebody deletes it. One <c>Over</c> somebody's block leaves the block open.
    /// </summary>
    public void Dispose()
    {
        _isDisposed = true;
        if (_place.OwnsBlock)
        {
            Block.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// The elements as numpy prints them (<c>str(a)</c>), with at most three at each end of a dimension when there are more than 1000; no more of the
    /// memory than that is read.
    /// </summary>
    public override string ToString() =>
        _isDisposed || Block.IsDisposed ? $"SharedArray('{Name}', disposed)" : new ArrayPrinter(this).Print();

    /// <summary>The bytes of the element that has so many before it. Checked by who asks.</summary>
    internal ReadOnlySpan<byte> ElementAt(long offset) => new(Start + (offset * ElementType.ItemSize), ElementType.ItemSize);

    /// <summary>Where the elements begin. The block is asked each time, as somebody else may have disposed it.</summary>
    private protected byte* Start
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return Block.Start + _place.ByteOffset;
        }
    }

    private protected byte* WritableStart
    {
        get
        {
            byte* start = Start;
            return IsReadOnly ? throw NotWritable() : start;
        }
    }

    private protected ArrayPlace Place => _place;

    private protected void ThrowIfDisposed() => _ = Start;

    private NotSupportedException NotWritable() => new($"The array '{Name}' is attached read-only.");
}
