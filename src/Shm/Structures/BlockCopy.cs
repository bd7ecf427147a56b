using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Multiprocessing.Shm;

/// <summary>
/// Bytes of a block as they were when they were read, of which every look is checked: the decoders of structures read nothing else. What others change meanwhile may be old in one
/// place and new in another; it is a picture.
/// </summary>
internal sealed class BlockCopy(BlockBytes source, string name)
{
    /// <summary>More than this is not held at once: a decoder that needs more reads it in parts, or goes without.</summary>
    internal const int Most = 64 << 20;

    private byte[] _bytes = source.Copy(0, 64 << 10);

    /// <summary>The name of the block.</summary>
    internal string Name { get; } = name;

    /// <summary>The size of the whole block.</summary>
    internal long Size { get; } = source.Size;

    /// <summary>The value at an offset.</summary>
    /// <exception cref="InvalidDataException">It does not lie within the block.</exception>
    internal T Read<T>(long offset)
        where T : unmanaged => MemoryMarshal.Read<T>(Bytes(offset, Unsafe.SizeOf<T>()));

    /// <summary>Bytes from an offset on.</summary>
    /// <exception cref="InvalidDataException">They do not lie within the block, or are more than <see cref="Most"/>.</exception>
    internal ReadOnlySpan<byte> Bytes(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Size || length > Size - offset)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"{length} bytes at {offset} should be there, but the block has {Size}"));
        }

        if (offset + length > _bytes.Length)
        {
            if (offset + length > Most)
            {
                if (length > Most)
                {
                    throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{length} bytes are more than are looked at"));
                }

                return Whole(source.Copy(offset, length), length);
            }

            _bytes = source.Copy(0, Math.Min(Most, Math.Max(offset + length, 2L * _bytes.Length)));
        }

        return Whole(_bytes.AsSpan((int)Math.Min(offset, _bytes.Length)), length);
    }

    /// <summary>The first bytes from an offset on, so many if there are.</summary>
    internal byte[] Some(long offset, int most) => Bytes(offset, Math.Clamp(Size - offset, 0, most)).ToArray();

    /// <summary>Calls for each word of a table, read in parts.</summary>
    internal void ForEachWord(long offset, long count, int stride, Action<long, ulong> visit)
    {
        int perPart = Math.Max(1, (1 << 20) / stride);
        for (long first = 0; first < count; first += perPart)
        {
            int part = (int)Math.Min(perPart, count - first);

            // Of the last one only its word must be there.
            ReadOnlySpan<byte> bytes = Bytes(offset + (first * stride), ((long)(part - 1) * stride) + sizeof(ulong));
            for (int i = 0; i < part; i++)
            {
                visit(first + i, MemoryMarshal.Read<ulong>(bytes[(i * stride)..]));
            }
        }
    }

    private static ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> bytes, long length) => bytes.Length >= length
        ? bytes[..(int)length]
        : throw new InvalidDataException("the block was made shorter while it was read");
}
