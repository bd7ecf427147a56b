using System.Numerics.Tensors;

namespace Multiprocessing;

/// <content>Many elements at once, without a copy. None of these may be used after <see cref="SharedArray.Dispose"/>.</content>
public sealed unsafe partial class SharedArray<T>
{
    private static readonly nint[] OneElement = [1];

    /// <summary>All elements, in C order.</summary>
    /// <exception cref="InvalidOperationException">There are more than a span can hold: take parts.</exception>
    /// <exception cref="NotSupportedException">The array is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public Span<T> AsSpan()
    {
        byte* start = WritableStart;
        return new Span<T>(start, SpanLength(Length));
    }

    /// <summary>All elements, in C order, to read.</summary>
    /// <inheritdoc cref="AsSpan()"/>
    public ReadOnlySpan<T> AsReadOnlySpan()
    {
        byte* start = Start;
        return new ReadOnlySpan<T>(start, SpanLength(Length));
    }

    /// <summary>A run of elements, in C order.</summary>
    /// <param name="start">How many elements there are before it.</param>
    /// <param name="length">How many elements it has.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within the array.</exception>
    /// <inheritdoc cref="AsSpan()" path="/exception"/>
    public Span<T> AsSpan(long start, int length)
    {
        var first = (T*)WritableStart;
        CheckRun(start, length);
        return new Span<T>(first + start, length);
    }

    /// <summary>A run of elements, in C order, to read. See <see cref="AsSpan(long, int)"/>.</summary>
    /// <inheritdoc cref="AsSpan(long, int)"/>
    public ReadOnlySpan<T> AsReadOnlySpan(long start, int length)
    {
        var first = (T*)Start;
        CheckRun(start, length);
        return new ReadOnlySpan<T>(first + start, length);
    }

    /// <summary>What lies behind the first few indexes: a row of a matrix, a matrix of a stack, in C order.</summary>
    /// <param name="index">An index for each of the first dimensions; as many as there are dimensions give one element, none give all.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index does not lie within the array.</exception>
    /// <exception cref="ArgumentException">There are more indexes than dimensions.</exception>
    /// <inheritdoc cref="AsSpan()" path="/exception"/>
    public Span<T> Row(params ReadOnlySpan<nint> index)
    {
        var first = (T*)WritableStart;
        (long offset, long length) = PartOf(index);
        return new Span<T>(first + offset, SpanLength(length));
    }

    /// <summary>What lies behind the first few indexes, to read. See <see cref="Row"/>.</summary>
    /// <inheritdoc cref="Row"/>
    public ReadOnlySpan<T> ReadOnlyRow(params ReadOnlySpan<nint> index)
    {
        var first = (T*)Start;
        (long offset, long length) = PartOf(index);
        return new ReadOnlySpan<T>(first + offset, SpanLength(length));
    }

    /// <summary>
    /// The array for the operations of <c>System.Numerics.Tensors</c>, of whatever size. A single element without dimensions is a tensor of shape (1).
    /// </summary>
    /// <exception cref="NotSupportedException">The array is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public TensorSpan<T> AsTensorSpan() => new((T*)WritableStart, (nint)Length, TensorShape);

    /// <summary>The array for the operations of <c>System.Numerics.Tensors</c>, to read. See <see cref="AsTensorSpan"/>.</summary>
    /// <inheritdoc cref="AsTensorSpan"/>
    public ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan() => new((T*)Start, (nint)Length, TensorShape);

    private ReadOnlySpan<nint> TensorShape => _rank == 0 ? OneElement : Shape;

    private int SpanLength(long length) => length <= int.MaxValue
        ? (int)length
        : throw new InvalidOperationException($"{length} elements of the array '{Name}' are more than one span can hold: take parts of them, or a tensor.");

    private void CheckRun(long start, int length)
    {
        if (start < 0 || length < 0 || start > Length - length)
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"{length} elements after {start} do not lie within the {Length} of the array '{Name}'.");
        }
    }
}
