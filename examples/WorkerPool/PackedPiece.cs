using System.Buffers.Binary;
using System.IO.Compression;

namespace WorkerPool;

/// <summary>What a worker gives back, as it lies in a block of the pool: number and length, 4 bytes each, and a gzip member.</summary>
internal static class PackedPiece
{
    private const int HeaderBytes = 2 * sizeof(int);

    /// <summary>Room for the worst case: what cannot be packed is stored, with some bytes for each 16 KiB.</summary>
    internal const int BlockSize = HeaderBytes + Piece.MostBytes + 1024;

    internal static void Write(Span<byte> block, int number, ReadOnlySpan<byte> bytes)
    {
        using var packed = new MemoryStream(BlockSize);
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        if (bytes.IsEmpty)
        {
            // .NET writes nothing for nothing, but a file of gzip has at least one member.
            packed.Write([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        }

        BinaryPrimitives.WriteInt32LittleEndian(block, number);
        BinaryPrimitives.WriteInt32LittleEndian(block[sizeof(int)..], (int)packed.Length);
        packed.GetBuffer().AsSpan(0, (int)packed.Length).CopyTo(block[HeaderBytes..]);
    }

    internal static (int Number, byte[] Bytes) Read(ReadOnlySpan<byte> block) =>
        (BinaryPrimitives.ReadInt32LittleEndian(block), block.Slice(HeaderBytes, BinaryPrimitives.ReadInt32LittleEndian(block[sizeof(int)..])).ToArray());
}
