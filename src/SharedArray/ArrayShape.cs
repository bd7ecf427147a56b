using System.Globalization;

namespace Multiprocessing;

/// <summary>Arithmetic of shapes: C order, and every overflow noticed.</summary>
internal static class ArrayShape
{
    /// <summary>No file is larger, and room is left for the footer and for rounding up to pages.</summary>
    internal const long MostBytes = long.MaxValue - (1L << 32);

    /// <summary>
    /// How many elements there are and how many bytes they take. As in numpy, the other dimensions must be possible even if one is 0.
    /// </summary>
    /// <returns>False if a size is negative, or the whole is larger than memory can be.</returns>
    internal static bool TryMeasure(ReadOnlySpan<nint> shape, int itemSize, out long length, out long bytes)
    {
        length = 1;
        bytes = itemSize;
        bool isEmpty = false;
        foreach (nint size in shape)
        {
            if (size < 0)
            {
                return false;
            }

            if (size == 0)
            {
                isEmpty = true;
                continue;
            }

            if (bytes > MostBytes / size)
            {
                return false;
            }

            length *= size;
            bytes *= size;
        }

        if (isEmpty)
        {
            length = bytes = 0;
        }

        return true;
    }

    /// <summary>Measures a shape that the caller asks for.</summary>
    /// <exception cref="ArgumentException">It is negative somewhere, too large, or has too many dimensions.</exception>
    internal static (long Length, long Bytes) Measure(ReadOnlySpan<nint> shape, SharedArrayType type, int mostDimensions)
    {
        if (shape.Length > mostDimensions)
        {
            throw new ArgumentException($"An array has at most {mostDimensions} dimensions, but {shape.Length} are asked for.", nameof(shape));
        }

        foreach (nint size in shape)
        {
            if (size < 0)
            {
                throw new ArgumentOutOfRangeException(nameof(shape), $"No dimension is negative, but one of {Text(shape)} is.");
            }
        }

        return TryMeasure(shape, type.ItemSize, out long length, out long bytes)
            ? (length, bytes)
            : throw new ArgumentOutOfRangeException(nameof(shape), $"An array of {type} {Text(shape)} is larger than any memory.");
    }

    /// <summary>How far apart, in elements, neighbours in each dimension are: the last dimension lies side by side.</summary>
    internal static nint[] Strides(ReadOnlySpan<nint> shape)
    {
        var strides = new nint[shape.Length];
        nint stride = 1;
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;

            // An empty array has no neighbours: its strides must not overflow, that is all.
            stride *= Math.Max(shape[i], 1);
        }

        return strides;
    }

    /// <summary>As Python writes it: <c>(3, 4)</c>, <c>(10,)</c>, <c>()</c>.</summary>
    internal static string Text(ReadOnlySpan<nint> shape)
    {
        string[] sizes = new string[shape.Length];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = shape[i].ToString(CultureInfo.InvariantCulture);
        }

        return sizes.Length == 1 ? $"({sizes[0]},)" : $"({string.Join(", ", sizes)})";
    }
}
