using System.Globalization;

namespace Multiprocessing;

/// <summary>Reads a new table from its file. The table is not published yet, so nobody sees what is read before it is known to be right.</summary>
internal static unsafe class SlotRestore
{
    internal const string RejectedSuffix = ".rejected";
    internal const string MigratedSuffix = ".migrated";

    internal static SlotMemoryRestore Run(byte* start, SlotLayout layout, string path, SlotMemoryOptions options)
    {
        string folder = Path.GetDirectoryName(path) ?? path;
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no directory for the file '{path}'.");
        }

        SlotFileWriter.RemoveLeftovers(path);
        FileStream file;
        try
        {
            file = SlotFileReader.Open(path);
        }
        catch (FileNotFoundException)
        {
            return new SlotMemoryRestore(SlotMemoryRestoreOutcome.NoFile);
        }

        string reason;
        using (file)
        {
            try
            {
                return TryExact(file, start, layout, out reason) ? new SlotMemoryRestore(SlotMemoryRestoreOutcome.Restored)
                    : options.Migrate ? Migrate(file, start, layout, path, reason)
                    : throw new InvalidDataException(reason);
            }
            catch (InvalidDataException e)
            {
                Clear(start, layout);
                reason = e.Message;
            }
        }

        return options.RequireRestore
            ? throw new InvalidDataException($"The table cannot be read from '{path}': {reason}.")
            : new SlotMemoryRestore(SlotMemoryRestoreOutcome.Rejected, reason, PutAside(path, RejectedSuffix, keep: false));
    }

    /// <summary>Reads a file of the very geometry and type; false, with nothing read, if it is another.</summary>
    private static bool TryExact(FileStream file, byte* start, SlotLayout layout, out string reason)
    {
        try
        {
            byte[] inUse = new byte[layout.Count];
            (uint free, uint type) = SlotFileReader.Read(
                file,
                layout.SlotSize,
                layout.Count,
                (slot, offset, bytes) => bytes.CopyTo(new Span<byte>(start + layout.SlotsAt + (slot * layout.Stride) + offset, bytes.Length)),
                inUse);
            uint expected = (uint)(layout.Flags & SlotFlags.OfFiles);
            if (type != expected)
            {
                throw new InvalidDataException($"its descriptor says type {type}, not {expected}");
            }

            Occupy(start, layout, inUse, free);
            reason = "";
            return true;
        }
        catch (InvalidDataException e)
        {
            Clear(start, layout);
            reason = e.Message;
            return false;
        }
    }

    private static SlotMemoryRestore Migrate(FileStream file, byte* start, SlotLayout layout, string path, string reason)
    {
        SlotFileDescriptor old = SlotFileReader.DescribedAtEnd(file);
        byte[] inUse = new byte[old.SlotCount];
        var cut = new HashSet<long>();
        (uint free, _) = SlotFileReader.Read(file, old.SlotSize, old.SlotCount, (slot, offset, bytes) =>
        {
            int fits = slot >= layout.Count ? 0 : Math.Clamp(layout.SlotSize - offset, 0, bytes.Length);
            bytes[..fits].CopyTo(new Span<byte>(start + layout.SlotsAt + (slot * layout.Stride) + offset, fits));
            if (slot < layout.Count && bytes[fits..].ContainsAnyExcept((byte)0))
            {
                cut.Add(slot);
            }
        }, inUse);
        int kept = Math.Min(layout.Count, inUse.Length);
        Occupy(start, layout, inUse.AsSpan(0, kept), free);
        return new SlotMemoryRestore(
            SlotMemoryRestoreOutcome.Migrated,
            reason,
            PutAside(path, MigratedSuffix, keep: true),
            inUse.AsSpan(kept).Count((byte)1),
            cut.Count);
    }

    /// <summary>
    /// Slots in use are nobody's. The count of free slots that the file has may be higher than the number of free ones, by those that were marked and not
    /// grabbed; it may be any number, as the module counts without a lock, and is believed no further.
    /// </summary>
    private static void Occupy(byte* start, SlotLayout layout, ReadOnlySpan<byte> inUse, uint free)
    {
        long marked = free <= (uint)inUse.Length ? free - inUse.Count((byte)0) : 0;
        for (int i = 0; i < inUse.Length; i++)
        {
            if (inUse[i] != 0)
            {
                ((ulong*)(start + layout.OwnersAt))[i] = marked-- > 0 ? SlotOwner.Marked : SlotOwner.Restored;
            }
        }
    }

    private static void Clear(byte* start, SlotLayout layout)
    {
        for (int i = 0; i < layout.Count; i++)
        {
            new Span<byte>(start + layout.SlotsAt + (i * layout.Stride), layout.SlotSize).Clear();
        }
    }

    /// <summary>
    /// Puts the file aside as the first free of FILE.rejected, FILE.rejected.2, and so on. One that was taken over stays where it is as well, until the
    /// first save: a death before that must find it again.
    /// </summary>
    private static string PutAside(string path, string suffix, bool keep)
    {
        for (int i = 1; ; i++)
        {
            string aside = path + suffix + (i == 1 ? "" : "." + i.ToString(CultureInfo.InvariantCulture));
            try
            {
                if (File.Exists(aside))
                {
                    continue;
                }

                if (keep)
                {
                    File.Copy(path, aside, overwrite: false);
                }
                else
                {
                    File.Move(path, aside, overwrite: false);
                }

                return aside;
            }
            catch (IOException) when (File.Exists(aside))
            {
                // Somebody was quicker with this name.
            }
        }
    }
}
