namespace Multiprocessing;

/// <content>Copies in and out, and filling.</content>
public sealed unsafe partial class SharedArray<T>
{
    /// <summary>Sets every element.</summary>
    /// <exception cref="NotSupportedException">The array is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public void Fill(T value)
    {
        var start = (T*)WritableStart;
        PrefaultOnce();
        for (long done = 0; done < Length; done += MostAtOnce)
        {
            new Span<T>(start + done, AtOnce(done)).Fill(value);
        }
    }

    /// <summary>Sets every element from those of a span, in C order.</summary>
    /// <exception cref="ArgumentException">It has not as many elements.</exception>
    /// <inheritdoc cref="Fill" path="/exception"/>
    public void CopyFrom(ReadOnlySpan<T> source)
    {
        var start = (T*)WritableStart;
        CheckSameLength(source.Length, nameof(source));
        PrefaultOnce();
        source.CopyTo(new Span<T>(start, source.Length));
    }

    /// <summary>Sets every element from those of another array. The two may overlap in one block.</summary>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    /// <inheritdoc cref="Fill" path="/exception"/>
    public void CopyFrom(SharedArray<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        byte* start = WritableStart;
        byte* from = source.Start;
        if (!Shape.SequenceEqual(source.Shape))
        {
            throw new ArgumentException($"The array '{source.Name}' is {source.Place.Description}, and '{Name}' is {Place.Description}.", nameof(source));
        }

        PrefaultOnce();
        Buffer.MemoryCopy(from, start, Size, Size);
        GC.KeepAlive(source);
    }

    /// <summary>Copies every element into a span, in C order.</summary>
    /// <exception cref="ArgumentException">It has less room.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public void CopyTo(Span<T> destination)
    {
        byte* start = Start;
        if (destination.Length < Length)
        {
            throw new ArgumentException($"The array '{Name}' has {Length} elements, and there is room for {destination.Length}.", nameof(destination));
        }

        new ReadOnlySpan<T>(start, (int)Length).CopyTo(destination);
    }

    /// <summary>Copies every element into another array. The two may overlap in one block.</summary>
    /// <exception cref="ArgumentException">It has another shape.</exception>
    /// <exception cref="NotSupportedException">It is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">One of the arrays is disposed.</exception>
    public void CopyTo(SharedArray<T> destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.CopyFrom(this);
    }

    /// <summary>Copies every element into an array of the caller's own, in C order.</summary>
    /// <exception cref="InvalidOperationException">There are more than an array can hold.</exception>
    /// <exception cref="ObjectDisposedException">The array is disposed.</exception>
    public T[] ToArray() => AsReadOnlySpan().ToArray();

    private const int MostAtOnce = 1 << 30;

    private int AtOnce(long done) => (int)Math.Min(Length - done, MostAtOnce);

    private void CheckSameLength(int length, string parameter)
    {
        if (length != Length)
        {
            throw new ArgumentException($"The array '{Name}' has {Length} elements, and here are {length}.", parameter);
        }
    }
}
