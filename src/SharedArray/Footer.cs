using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The footer of the Python extension SharedArray, from 3.1.0 on: what makes an array of a block.</summary>
/// <remarks>
/// <para>The block is the elements from offset 0 on, in C order and the machine's byte order, then room that only systems have which round sizes up,
/// and at the very end, most often not aligned, the footer:</para>
/// <code>
///  offset  size  field
///       0    16  magic      "[SharedArray]" and NULs. Written last, its first byte last of all: until then there is no array
///      16     8  size       bytes of the elements: the product of the dimensions and the item size
///      24     4  type       numpy's number (see SharedArrayType)
///      28     4  item size  bytes of an element
///      32     4  rank       number of dimensions
///      36   8*M  dims       M is 32 (292 bytes in all) or, for NumPy 2, 64 (548 bytes); 0 past the rank
/// </code>
/// <para>A footer is never changed once its magic is there. A creator that dies before leaves a block without magic, which no one takes for an array.
/// (The extension writes the magic first: one that attaches to an array in the making may see any part of it. Here such a one is told by its
/// item size, which is still 0, or by its dimensions, which are all 0 and do not fit its size.)</para>
/// </remarks>
internal static partial class Footer
{
    internal const int SizeOffset = 16;
    internal const int TypeOffset = 24;
    internal const int ItemSizeOffset = 28;
    internal const int RankOffset = 32;
    internal const int DimensionsOffset = 36;

    /// <summary>The bytes of the footer with more dimensions: as much of a block's end as anybody needs to read.</summary>
    internal const int MostBytes = DimensionsOffset + (8 * NumPy2Dimensions);

    internal const int FewestBytes = DimensionsOffset + (8 * NumPy1Dimensions);

    private const int NumPy1Dimensions = 32;
    private const int NumPy2Dimensions = 64;

    /// <summary>The bytes of the magic that the extension compares: the text and one NUL.</summary>
    private const int ComparedBytes = 14;

    private static ReadOnlySpan<byte> Magic => "[SharedArray]\0\0\0"u8;

    internal static int Dimensions(SharedArrayFormat format) => format switch
    {
        SharedArrayFormat.NumPy1 => NumPy1Dimensions,
        SharedArrayFormat.NumPy2 => NumPy2Dimensions,
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    internal static int Bytes(SharedArrayFormat format) => DimensionsOffset + (sizeof(long) * Dimensions(format));

    /// <summary>Writes a footer over zeros.</summary>
    internal static void Write(Span<byte> footer, long size, SharedArrayType type, ReadOnlySpan<nint> shape)
    {
        Magic.CopyTo(footer);
        MemoryMarshal.Write(footer[SizeOffset..], size);
        MemoryMarshal.Write(footer[TypeOffset..], type.TypeNumber);
        MemoryMarshal.Write(footer[ItemSizeOffset..], type.ItemSize);
        MemoryMarshal.Write(footer[RankOffset..], shape.Length);
        for (int i = 0; i < shape.Length; i++)
        {
            MemoryMarshal.Write(footer[(DimensionsOffset + (sizeof(long) * i))..], (long)shape[i]);
        }
    }

    private static bool HasMagic(ReadOnlySpan<byte> end) => HasMagic(end, FewestBytes) || HasMagic(end, MostBytes);

    private static bool HasMagic(ReadOnlySpan<byte> end, int bytes) =>
        end.Length >= bytes && end.Slice(end.Length - bytes, ComparedBytes).SequenceEqual(Magic[..ComparedBytes]);
}
