using System.Numerics;

namespace Multiprocessing;

/// <content>Arrays whose element type is known only when the program runs.</content>
public abstract partial class SharedArray
{
    /// <summary>A name that is taken and yet not there, time after time, is no race any more: a symbolic link to nothing, say.</summary>
    private const int MostAttempts = 1000;

    /// <summary>Makes a new array, of zeros.</summary>
    /// <param name="name"><c>x</c>, <c>shm://x</c> or <c>file://PATH</c>; null for a random name.</param>
    /// <param name="shape">How many elements in each dimension; empty for a single element.</param>
    /// <param name="elementType">What the elements are.</param>
    /// <param name="options">
    /// How the block is created. Its mode is 0600 unless this says otherwise (the Python extension's is 0666 less the umask), and its pages are
    /// reserved (the extension's are not).
    /// </param>
    /// <param name="format">Which of the two footers it gets.</param>
    /// <returns>A <see cref="SharedArray{T}"/> if there is a .NET type for the elements.</returns>
    /// <exception cref="ArgumentException">The name cannot be one; a dimension is negative, or there are too many, or all is larger than memory.</exception>
    /// <exception cref="SharedMemoryExistsException">The name is taken.</exception>
    /// <exception cref="SharedMemoryFullException">There is no room for it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made there.</exception>
    /// <remarks>A creation that fails leaves nothing.</remarks>
    public static SharedArray Create(
        string? name,
        ReadOnlySpan<nint> shape,
        SharedArrayType elementType,
        SharedMemoryOptions? options = null,
        SharedArrayFormat format = SharedArrayFormat.NumPy1) =>
        Open(ArrayPlace.Create(name, shape, elementType, options, format));

    /// <summary>Attaches to an array that exists, whoever made it.</summary>
    /// <param name="name"><c>x</c>, <c>shm://x</c> or <c>file://PATH</c>.</param>
    /// <param name="readOnly">Whether to map it for reading only.</param>
    /// <returns>A <see cref="SharedArray{T}"/> if there is a .NET type for the elements.</returns>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's.</exception>
    /// <exception cref="InvalidDataException">It is no array, or not one yet: what was found, and where.</exception>
    public static SharedArray Attach(string name, bool readOnly = false) => Open(ArrayPlace.Attach(name, readOnly));

    /// <summary>Attaches to the array if it exists, or else makes it; <see cref="WasCreated"/> says which. Any number may race.</summary>
    /// <inheritdoc cref="Create" path="/param"/>
    /// <exception cref="ArgumentException">What <see cref="Create"/> refuses; or the array would have no name.</exception>
    /// <exception cref="InvalidDataException">It exists, and is no array, or has another type or shape.</exception>
    /// <exception cref="SharedMemoryFullException">It does not exist, and there is no room for it.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's, or may not be made there.</exception>
    public static SharedArray CreateOrAttach(
        string name,
        ReadOnlySpan<nint> shape,
        SharedArrayType elementType,
        SharedMemoryOptions? options = null,
        SharedArrayFormat format = SharedArrayFormat.NumPy1) =>
        Open(CreateOrAttachPlace(name, shape, elementType, options, format));

    /// <summary>Takes a part of a block for an array: what Python does with <c>np.ndarray(shape, dtype, shm.buf, offset)</c>.</summary>
    /// <param name="block">The block. It stays the caller's, and open when the array is disposed; when the block is disposed, so is the array.</param>
    /// <param name="shape">How many elements in each dimension; empty for a single element.</param>
    /// <param name="elementType">What the elements are.</param>
    /// <param name="byteOffset">Where they begin. Aligned to their size if others use them at the same time.</param>
    /// <exception cref="ArgumentException">The shape is no array's, or the array does not lie within the block.</exception>
    /// <exception cref="ObjectDisposedException">The block is disposed.</exception>
    public static SharedArray Over(SharedMemory block, ReadOnlySpan<nint> shape, SharedArrayType elementType, long byteOffset = 0) =>
        Open(ArrayPlace.Over(block, shape, elementType, byteOffset));

    /// <summary>
    /// Removes the name of an array, whoever made it. Who is attached to it keeps it. What is no array is left alone (see
    /// <see cref="SharedMemory.TryUnlink(string)"/>).
    /// </summary>
    /// <param name="name"><c>x</c>, <c>shm://x</c> or <c>file://PATH</c>.</param>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    /// <exception cref="FileNotFoundException">There is no such block.</exception>
    /// <exception cref="InvalidDataException">It is no array: what was found.</exception>
    /// <exception cref="UnauthorizedAccessException">It is somebody else's.</exception>
    public static void Delete(string name)
    {
        string blockName = ArrayName.ToBlock(name);
        var end = new EndOfBlock(stackalloc byte[Footer.MostBytes], stackalloc byte[Footer.MostBytes]);
        long size = BlockBackend.Current.ReadEnd(BlockName.Parse(blockName), end);
        FooterState state = Footer.TryRead(end, size, out _);
        if (state != FooterState.Array)
        {
            throw new InvalidDataException(
                $"The block '{blockName}' is not a SharedArray, and is left alone: {Footer.Explain(state, end.Second(size), [])}.");
        }

        if (!SharedMemory.TryUnlink(blockName))
        {
            throw new FileNotFoundException($"There is no block '{blockName}' any more.", blockName);
        }
    }

    /// <summary>The arrays in the system's shared memory, of whatever program, in order of their names. Those in files are not among them.</summary>
    /// <exception cref="PlatformNotSupportedException">The system cannot list blocks (macOS, Windows).</exception>
    public static IReadOnlyList<SharedArrayInfo> List() => ArrayListing.List();

    internal static ArrayPlace CreateOrAttachPlace(
        string name, ReadOnlySpan<nint> shape, SharedArrayType elementType, SharedMemoryOptions? options, SharedArrayFormat format)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (options?.Backing == SharedMemoryBacking.Anonymous)
        {
            throw new ArgumentException("An anonymous block has no name to attach by.", nameof(options));
        }

        string there = options?.Backing == SharedMemoryBacking.File && !name.StartsWith(BlockName.FileScheme, StringComparison.Ordinal)
            ? BlockName.FileScheme + name
            : name;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return ArrayPlace.Create(name, shape, elementType, options, format);
            }
            catch (SharedMemoryExistsException)
            {
                // Attach to it, unless it goes between the two calls: then make it after all.
            }

            try
            {
                ArrayPlace place = ArrayPlace.Attach(there, readOnly: false);
                if (place.Description.Type == elementType && shape.SequenceEqual(place.Description.Shape))
                {
                    return place;
                }

                place.Block.Dispose();
                throw new InvalidDataException($"The array '{name}' exists as {place.Description}, and not as {elementType} {ArrayShape.Text(shape)}.");
            }
            catch (FileNotFoundException) when (attempt < MostAttempts)
            {
            }
        }
    }

    private static SharedArray Open(ArrayPlace place) => (place.Description.Type.Kind, place.Description.Type.ItemSize) switch
    {
        (SharedArrayKind.Boolean, _) => new SharedArray<bool>(place),
        (SharedArrayKind.SignedInteger, 1) => new SharedArray<sbyte>(place),
        (SharedArrayKind.SignedInteger, 2) => new SharedArray<short>(place),
        (SharedArrayKind.SignedInteger, 4) => new SharedArray<int>(place),
        (SharedArrayKind.SignedInteger, _) => new SharedArray<long>(place),
        (SharedArrayKind.UnsignedInteger, 1) => new SharedArray<byte>(place),
        (SharedArrayKind.UnsignedInteger, 2) => new SharedArray<ushort>(place),
        (SharedArrayKind.UnsignedInteger, 4) => new SharedArray<uint>(place),
        (SharedArrayKind.UnsignedInteger, _) => new SharedArray<ulong>(place),
        (SharedArrayKind.Float, 2) => new SharedArray<Half>(place),
        (SharedArrayKind.Float, 4) => new SharedArray<float>(place),
        (SharedArrayKind.Float, 8) => new SharedArray<double>(place),
        (SharedArrayKind.Complex, 8) => new SharedArray<Complex64>(place),
        (SharedArrayKind.Complex, 16) => new SharedArray<Complex>(place),
        _ => new RawArray(place),
    };
}
