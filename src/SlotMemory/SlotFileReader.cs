using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Multiprocessing;

/// <summary>What the end of a file says of its slots.</summary>
internal readonly record struct SlotFileDescriptor(long SlotSize, long SlotCount, uint Type)
{
    public override string ToString() => $"{SlotCount} slots of {SlotSize} bytes, type {Type}";
}

/// <summary>Reads the file of a table. What it has read counts only when <see cref="Read"/> returns: then the digest and the descriptor were right.</summary>
internal static class SlotFileReader
{
    /// <summary>Is given the bytes of each slot, in order, some at a time.</summary>
    internal delegate void SlotPart(long slot, int offset, ReadOnlySpan<byte> bytes);

    private const int BufferSize = 1 << 16;

    internal static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize);

    /// <summary>The descriptor at the very end of the file.</summary>
    /// <exception cref="InvalidDataException">There is none that fits the size of the file.</exception>
    internal static SlotFileDescriptor DescribedAtEnd(FileStream file)
    {
        long size = file.Length;
        if (size < SlotFileFormat.FileSize(1, 1))
        {
            throw new InvalidDataException($"it has {size} bytes, too few for any table");
        }

        Span<byte> bytes = stackalloc byte[SlotFileFormat.DescriptorSize];
        file.Position = size - bytes.Length;
        file.ReadExactly(bytes);
        SlotFileDescriptor found = Parse(bytes);
        return found.SlotSize is > 0 and <= int.MaxValue && found.SlotCount is > 0 and <= int.MaxValue
            && SlotFileFormat.FileSize(found.SlotSize, found.SlotCount) == size
            ? found
            : throw new InvalidDataException($"its last bytes describe {found}, which is no file of {size} bytes");
    }

    /// <summary>Reads a table of this geometry from the start of the file on; what may follow is not looked at.</summary>
    /// <returns>The count of free slots, as it stands there, and the type.</returns>
    /// <exception cref="InvalidDataException">The file is short, or torn, or has another geometry.</exception>
    internal static (uint Free, uint Type) Read(FileStream file, long slotSize, long slotCount, SlotPart slots, Span<byte> inUse)
    {
        long needed = SlotFileFormat.FileSize(slotSize, slotCount);
        if (file.Length < needed)
        {
            throw new InvalidDataException($"it has {file.Length} bytes, and {slotCount} slots of {slotSize} bytes need {needed}");
        }

#pragma warning disable CA5351 // The format's digest. It guards against torn files, not against people.
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        file.Position = 0;
        byte[] buffer = new byte[BufferSize];
        Fill(buffer.AsSpan(0, SlotFileFormat.PrefixSize));
        uint free = BinaryPrimitives.ReadUInt32LittleEndian(buffer);
        for (long slot = 0; slot < slotCount; slot++)
        {
            for (int offset = 0; offset < slotSize;)
            {
                Span<byte> part = buffer.AsSpan(0, (int)Math.Min(slotSize - offset, buffer.Length));
                Fill(part);
                slots(slot, offset, part);
                offset += part.Length;
            }
        }

        Fill(inUse);
        Span<byte> end = stackalloc byte[SlotFileFormat.DigestSize + SlotFileFormat.DescriptorSize];
        Span<byte> digest = stackalloc byte[SlotFileFormat.DigestSize];
        md5.GetHashAndReset(digest);
        ReadOrThrow(end);
        if (!end[..SlotFileFormat.DigestSize].SequenceEqual(digest))
        {
            throw new InvalidDataException("its digest is not that of its bytes: it is torn, or of another size");
        }

        SlotFileDescriptor found = Parse(end[SlotFileFormat.DigestSize..]);
        return found.SlotSize == slotSize && found.SlotCount == slotCount
            ? (free, found.Type)
            : throw new InvalidDataException($"its descriptor says {found}, not {slotCount} slots of {slotSize} bytes");

        void Fill(Span<byte> bytes)
        {
            ReadOrThrow(bytes);
            md5.AppendData(bytes);
        }

        void ReadOrThrow(Span<byte> bytes)
        {
            if (file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            {
                throw new InvalidDataException("it became shorter while it was read");
            }
        }
    }

    private static SlotFileDescriptor Parse(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]));
}
