namespace Multiprocessing;

/// <content>One element.</content>
public sealed unsafe partial class SharedArray<T>
{
    /// <summary>An element of an array of one dimension.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within the array.</exception>
    /// <exception cref="ArgumentException">The array has more dimensions, or fewer.</exception>
    /// <exception cref="NotSupportedException">It is written, and the array is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public T this[nint i]
    {
        get => ((T*)Start)[OffsetOf(i)];
        set => ((T*)WritableStart)[OffsetOf(i)] = value;
    }

    /// <summary>An element of an array of two dimensions.</summary>
    /// <inheritdoc cref="this[nint]"/>
    public T this[nint i, nint j]
    {
        get => ((T*)Start)[OffsetOf(i, j)];
        set => ((T*)WritableStart)[OffsetOf(i, j)] = value;
    }

    /// <summary>An element of an array of three dimensions.</summary>
    /// <inheritdoc cref="this[nint]"/>
    public T this[nint i, nint j, nint k]
    {
        get => ((T*)Start)[OffsetOf(i, j, k)];
        set => ((T*)WritableStart)[OffsetOf(i, j, k)] = value;
    }

    /// <summary>An element of an array of four dimensions.</summary>
    /// <inheritdoc cref="this[nint]"/>
    public T this[nint i, nint j, nint k, nint l]
    {
        get => ((T*)Start)[OffsetOf(i, j, k, l)];
        set => ((T*)WritableStart)[OffsetOf(i, j, k, l)] = value;
    }

    /// <summary>An element of an array of any number of dimensions: an index for each, none for a single element without dimensions.</summary>
    /// <inheritdoc cref="this[nint]"/>
    public T this[params ReadOnlySpan<nint> index]
    {
        get => ((T*)Start)[OffsetOf(index)];
        set => ((T*)WritableStart)[OffsetOf(index)] = value;
    }

    /// <summary>An element by reference: for counters and flags that several processes use (<see cref="Interlocked"/>, <see cref="Volatile"/>).</summary>
    /// <param name="index">An index for each dimension.</param>
    /// <inheritdoc cref="this[nint]" path="/exception"/>
    public ref T GetReference(params ReadOnlySpan<nint> index) => ref ((T*)WritableStart)[OffsetOf(index)];

    private long OffsetOf(nint i) =>
        _rank == 1 && (nuint)i < (nuint)_size0 ? i : throw BadIndex(i);

    private long OffsetOf(nint i, nint j) =>
        _rank == 2 && (nuint)i < (nuint)_size0 && (nuint)j < (nuint)_size1 ? (i * _size1) + j : throw BadIndex(i, j);

    private long OffsetOf(nint i, nint j, nint k) =>
        _rank == 3 && (nuint)i < (nuint)_size0 && (nuint)j < (nuint)_size1 && (nuint)k < (nuint)_size2
            ? (((i * _size1) + j) * _size2) + k
            : throw BadIndex(i, j, k);

    private long OffsetOf(nint i, nint j, nint k, nint l) =>
        _rank == 4 && (nuint)i < (nuint)_size0 && (nuint)j < (nuint)_size1 && (nuint)k < (nuint)_size2 && (nuint)l < (nuint)_size3
            ? (((((i * _size1) + j) * _size2) + k) * _size3) + l
            : throw BadIndex(i, j, k, l);
}
