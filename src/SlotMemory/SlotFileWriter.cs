using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Multiprocessing;

/// <summary>Writes a table to its file: whole, on the disk, and in one step.</summary>
internal static unsafe class SlotFileWriter
{
    private const int BufferSize = 1 << 16;
    private const int IdDigits = 16;
    private const string TemporarySuffix = ".tmp";

    /// <summary>Only who holds the table's <see cref="SlotSaver"/> calls this.</summary>
    internal static void Write(string path, byte* start, SlotLayout layout, UnixFileMode mode, ulong self)
    {
        RemoveLeftovers(path);
        string temporary = $"{path}.{self:x16}-{BlockName.RandomHex(4)}{TemporarySuffix}";
        nint address = (nint)start;
        DurableFile.Replace(path, temporary, mode, stream => WriteTo(stream, (byte*)address, layout));
    }

    /// <summary>Removes the temporary files of those who died while they wrote.</summary>
    internal static void RemoveLeftovers(string path)
    {
        string prefix = Path.GetFileName(path) + ".";
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, "*" + TemporarySuffix, FileListing.HiddenToo))
        {
            string name = Path.GetFileName(file);
            if (name.StartsWith(prefix, StringComparison.Ordinal)
                && name.Length > prefix.Length + IdDigits && name[prefix.Length + IdDigits] == '-'
                && ulong.TryParse(name.AsSpan(prefix.Length, IdDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong id)
                && ProcessLease.IsDead(id))
            {
                File.Delete(file);
            }
        }
    }

    private static void WriteTo(Stream stream, byte* start, SlotLayout layout)
    {
        // Looked at once, so that the number and the bytes fit together whatever is grabbed meanwhile.
        byte[] inUse = InUse(start, layout, out int free);
#pragma warning disable CA5351 // The format's digest. It guards against torn files, not against people.
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        byte[] buffer = new byte[BufferSize];
        int filled = SlotFileFormat.PrefixSize;
        BinaryPrimitives.WriteInt32LittleEndian(buffer, free);

        void Flush()
        {
            md5.AppendData(buffer, 0, filled);
            stream.Write(buffer, 0, filled);
            filled = 0;
        }

        void Append(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                int part = Math.Min(bytes.Length, BufferSize - filled);
                bytes[..part].CopyTo(buffer.AsSpan(filled));
                bytes = bytes[part..];
                filled += part;
                if (filled == BufferSize)
                {
                    Flush();
                }
            }
        }

        for (int i = 0; i < layout.Count; i++)
        {
            Append(new ReadOnlySpan<byte>(start + layout.SlotsAt + (i * layout.Stride), layout.SlotSize));
        }

        Append(inUse);
        Flush();
        Span<byte> end = stackalloc byte[SlotFileFormat.DigestSize + SlotFileFormat.DescriptorSize];
        md5.GetHashAndReset(end);
        BinaryPrimitives.WriteInt64LittleEndian(end[SlotFileFormat.DigestSize..], layout.SlotSize);
        BinaryPrimitives.WriteInt32LittleEndian(end[(SlotFileFormat.DigestSize + 8)..], layout.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(end[(SlotFileFormat.DigestSize + 12)..], (uint)(layout.Flags & SlotFlags.OfFiles));
        stream.Write(end);
    }

    /// <summary>The in-use bytes, and the number of free slots as the module counts them: a put marks a slot, and takes none from the count.</summary>
    private static byte[] InUse(byte* start, SlotLayout layout, out int free)
    {
        byte[] inUse = new byte[layout.Count];
        free = layout.Count;
        if (layout.Flags.HasFlag(SlotFlags.ClearInUse))
        {
            return inUse;
        }

        var owners = new ReadOnlySpan<ulong>(start + layout.OwnersAt, layout.Count);
        for (int i = 0; i < inUse.Length; i++)
        {
            ulong owner = owners[i];
            inUse[i] = owner == SlotOwner.None ? (byte)0 : (byte)1;
            free -= owner is SlotOwner.None or SlotOwner.Marked ? 0 : 1;
        }

        return inUse;
    }
}
