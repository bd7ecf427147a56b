using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Multiprocessing;

namespace ImagePipeline;

/// <summary>Writes an image as PNG (ISO/IEC 15948): gray, 8 bits a pixel, no filter.</summary>
internal static class PngFile
{
    private const uint Polynomial = 0xedb88320;

    /// <param name="path">The file to write.</param>
    /// <param name="image">From 0 (black) to 1 (white); its rows are read where they lie.</param>
    internal static void Write(string path, SharedArray<float> image)
    {
        using FileStream file = File.Create(path);
        file.Write([0x89, .. "PNG\r\n"u8, 0x1a, (byte)'\n']);

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, (int)image.Shape[1]);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), (int)image.Shape[0]);
        header[8] = 8;
        Chunk(file, "IHDR", header);

        var data = new MemoryStream();
        using (var compressed = new ZLibStream(data, CompressionLevel.Optimal, leaveOpen: true))
        {
            byte[] line = new byte[1 + (int)image.Shape[1]];
            for (nint y = 0; y < image.Shape[0]; y++)
            {
                ReadOnlySpan<float> row = image.ReadOnlyRow(y);
                for (int x = 0; x < row.Length; x++)
                {
                    line[1 + x] = (byte)Math.Round(255 * Math.Clamp(row[x], 0, 1));
                }

                compressed.Write(line);
            }
        }

        Chunk(file, "IDAT", data.ToArray());
        Chunk(file, "IEND", []);
    }

    private static void Chunk(FileStream file, string type, byte[] data)
    {
        byte[] checkedBytes = [.. Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        file.Write(word);
        file.Write(checkedBytes);
        BinaryPrimitives.WriteUInt32BigEndian(word, Crc(checkedBytes));
        file.Write(word);
    }

    private static uint Crc(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * Polynomial);
            }
        }

        return ~crc;
    }
}
