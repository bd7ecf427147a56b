using System.Numerics.Tensors;
using Multiprocessing;

namespace ImagePipeline;

/// <summary>Adds to each pixel what it differs from the mean of the nine around it (an unsharp mask), in place, and keeps to 0..1.</summary>
internal static class Sharpener
{
    internal static void Sharpen(SharedArray<float> image)
    {
        int height = (int)image.Shape[0];
        int width = (int)image.Shape[1];
        float[] above = image.ReadOnlyRow(0).ToArray();
        float[] column = new float[width];
        float[] row = new float[width];
        for (int y = 0; y < height; y++)
        {
            // The rows above have been changed already: their old values are kept, two rows of them.
            Span<float> here = image.Row(y);
            here.CopyTo(row);
            ReadOnlySpan<float> below = image.ReadOnlyRow(Math.Min(y + 1, height - 1));
            TensorPrimitives.Add(above, row, column);
            TensorPrimitives.Add(column, below, column);
            for (int x = 0; x < width; x++)
            {
                float mean = (column[Math.Max(x - 1, 0)] + column[x] + column[Math.Min(x + 1, width - 1)]) / 9;
                here[x] = Math.Clamp((2 * row[x]) - mean, 0, 1);
            }

            (above, row) = (row, above);
        }
    }
}
