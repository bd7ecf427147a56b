namespace Multiprocessing;

/// <content>From indexes to offsets.</content>
public abstract partial class SharedArray
{
    /// <summary>How many elements before it an element has.</summary>
    private protected long OffsetOf(ReadOnlySpan<nint> index)
    {
        nint[] shape = _shape;
        if (index.Length != shape.Length)
        {
            throw BadIndex(index);
        }

        nint[] strides = _strides;
        long offset = 0;
        for (int i = 0; i < index.Length; i++)
        {
            if ((nuint)index[i] >= (nuint)shape[i])
            {
                throw BadIndex(index);
            }

            offset += (long)index[i] * strides[i];
        }

        return offset;
    }

    /// <summary>The part of the array that lies behind the first few indexes, side by side: its offset and length in elements.</summary>
    private protected (long Offset, long Length) PartOf(ReadOnlySpan<nint> index)
    {
        if (index.Length > Rank)
        {
            throw BadIndex(index);
        }

        long offset = 0;
        for (int i = 0; i < index.Length; i++)
        {
            if ((nuint)index[i] >= (nuint)_shape[i])
            {
                throw BadIndex(index);
            }

            offset += (long)index[i] * _strides[i];
        }

        // Past all the indexes that are there, the strides no longer tell if the array is empty: the lengths do.
        long length = 1;
        foreach (nint size in _shape.AsSpan(index.Length))
        {
            length *= size;
        }

        return (offset, length);
    }

    /// <summary>What is wrong with these indexes.</summary>
    private protected ArgumentException BadIndex(params ReadOnlySpan<nint> index) =>
        index.Length > Rank || (index.Length < Rank && IsWithin(index))
            ? new ArgumentException($"The array '{Name}' has {Rank} dimensions, {ArrayShape.Text(_shape)}, and not {index.Length}.", nameof(index))
            : new ArgumentOutOfRangeException(nameof(index), $"There is no element {ArrayShape.Text(index)} in the array '{Name}' of shape {ArrayShape.Text(_shape)}.");

    private bool IsWithin(ReadOnlySpan<nint> index)
    {
        for (int i = 0; i < index.Length; i++)
        {
            if ((nuint)index[i] >= (nuint)_shape[i])
            {
                return false;
            }
        }

        return true;
    }
}
