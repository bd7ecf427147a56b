namespace Multiprocessing;

/// <summary>An n-dimensional array of <typeparamref name="T"/> in shared memory. See <see cref="SharedArray"/>.</summary>
/// <typeparam name="T">
/// A number (<see cref="bool"/>, the integers, <see cref="Half"/>, <see cref="float"/>, <see cref="double"/>, <see cref="Complex64"/>,
/// <see cref="System.Numerics.Complex"/>, enums), or any other struct without references, which Python sees as raw bytes (<c>V</c> and its size) or as a
/// record: <c>a.view(dtype)</c>.
/// </typeparam>
public sealed unsafe partial class SharedArray<T> : SharedArray
    where T : unmanaged
{
    private readonly nint _size0;
    private readonly nint _size1;
    private readonly nint _size2;
    private readonly nint _size3;
    private readonly int _rank;

    internal SharedArray(ArrayPlace place)
        : base(place)
    {
        ReadOnlySpan<nint> shape = Shape;
        _rank = shape.Length;
        _size0 = SizeOf(shape, 0);
        _size1 = SizeOf(shape, 1);
        _size2 = SizeOf(shape, 2);
        _size3 = SizeOf(shape, 3);
    }

    /// <inheritdoc cref="SharedArray.Create" path="/summary|/remarks|/exception"/>
    /// <param name="name"><c>x</c>, <c>shm://x</c> or <c>file://PATH</c>; null for a random name.</param>
    /// <param name="shape">How many elements in each dimension; empty for a single element.</param>
    /// <param name="options">
    /// How the block is created. Its mode is 0600 unless this says otherwise (the Python extension's is 0666 less the umask), and its pages are
    /// reserved (the extension's are not).
    /// </param>
    /// <param name="format">Which of the two footers it gets.</param>
    /// <exception cref="NotSupportedException">numpy has nothing like <typeparamref name="T"/>.</exception>
    public static SharedArray<T> Create(
        string? name, ReadOnlySpan<nint> shape, SharedMemoryOptions? options = null, SharedArrayFormat format = SharedArrayFormat.NumPy1) =>
        new(ArrayPlace.Create(name, shape, SharedArrayType.Of<T>(), options, format));

    /// <summary>Attaches to an array that exists, whoever made it.</summary>
    /// <inheritdoc cref="SharedArray.Attach" path="/param|/exception"/>
    /// <exception cref="InvalidDataException">It is no array, or not one yet, or its elements are something else: what was found, and where.</exception>
    public static new SharedArray<T> Attach(string name, bool readOnly = false)
    {
        SharedArrayType wanted = SharedArrayType.Of<T>();
        ArrayPlace place = ArrayPlace.Attach(name, readOnly);
        if (place.Description.Type.IsReadableAs<T>())
        {
            return new SharedArray<T>(place);
        }

        place.Block.Dispose();
        throw new InvalidDataException($"The array '{name}' has elements of {place.Description.Type}, and not of {typeof(T)} ({wanted}).");
    }

    /// <summary>Attaches to the array if it exists, or else makes it; <see cref="SharedArray.WasCreated"/> says which. Any number may race.</summary>
    /// <inheritdoc cref="SharedArray.CreateOrAttach" path="/exception"/>
    /// <inheritdoc cref="Create" path="/param"/>
    public static SharedArray<T> CreateOrAttach(
        string name, ReadOnlySpan<nint> shape, SharedMemoryOptions? options = null, SharedArrayFormat format = SharedArrayFormat.NumPy1) =>
        new(CreateOrAttachPlace(name, shape, SharedArrayType.Of<T>(), options, format));

    /// <summary>Takes a part of a block for an array: what Python does with <c>np.ndarray(shape, dtype, shm.buf, offset)</c>.</summary>
    /// <param name="block">The block. It stays the caller's, and open when the array is disposed; when the block is disposed, so is the array.</param>
    /// <param name="shape">How many elements in each dimension; empty for a single element.</param>
    /// <param name="byteOffset">Where they begin. Aligned to their size if others use them at the same time.</param>
    /// <exception cref="ArgumentException">The shape is no array's, or the array does not lie within the block.</exception>
    /// <exception cref="ObjectDisposedException">The block is disposed.</exception>
    public static SharedArray<T> Over(SharedMemory block, ReadOnlySpan<nint> shape, long byteOffset = 0) =>
        new(ArrayPlace.Over(block, shape, SharedArrayType.Of<T>(), byteOffset));

    private static nint SizeOf(ReadOnlySpan<nint> shape, int dimension) => dimension < shape.Length ? shape[dimension] : 1;
}
