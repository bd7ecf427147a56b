using System.Globalization;
using System.Text;

namespace Multiprocessing.Shm;

/// <summary>Tables of slots: see <see cref="SlotLayout"/>.</summary>
internal static class SlotsDecoder
{
    internal static void Decode(BlockCopy block, uint flavour, Fields fields)
    {
        ulong slotSize = block.Read<ulong>(SlotLayout.SizeAt);
        int count = block.Read<int>(SlotLayout.CountAt);
        var flags = (SlotFlags)block.Read<uint>(SlotLayout.FlagsAt);
        int alignment = block.Read<int>(SlotLayout.AlignmentAt);
        if (slotSize is 0 or > int.MaxValue || count <= 0 || !SlotLayout.IsAlignment(alignment) || (flags & ~SlotFlags.Known) != 0)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"the table says that it has {count} slots of {slotSize} bytes at multiples of {alignment}, and flags 0x{(uint)flags:x}"));
        }

        var layout = new SlotLayout((int)slotSize, count, alignment, flags);
        if (layout.Size > block.Size)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"a table of {layout} has {layout.Size} bytes; the block has {block.Size}"));
        }

        var owners = new Dictionary<ulong, int>();
        int restored = 0;
        int marked = 0;
        int free = 0;
        block.ForEachWord(layout.OwnersAt, count, sizeof(ulong), (_, owner) =>
        {
            switch (owner)
            {
                case SlotOwner.None:
                    free++;
                    break;
                case SlotOwner.Restored:
                    restored++;
                    break;
                case SlotOwner.Marked:
                    marked++;
                    break;
                default:
                    SignalDecoder.Count(owners, owner);
                    break;
            }
        });
        fields.Add("slots", count);
        fields.Add("slotSize", (long)slotSize);
        fields.Add("alignment", alignment);
        fields.Add("preGrab", layout.IsPreGrab);
        fields.Add("inUse", count - free);
        fields.Add("free", free);
        fields.Add("restored", restored);
        fields.Add("marked", marked);
        fields.Add("holders", Holders.Of(owners, "slots"));
        if (layout.IsPersist)
        {
            int length = block.Read<int>(SlotLayout.PathLengthAt);
            fields.Add("file", length is >= 0 and <= SlotLayout.MostPathBytes ? Encoding.UTF8.GetString(block.Bytes(SlotLayout.PathAt, length)) : null);
            ulong saver = block.Read<ulong>(SlotLayout.SaverAt);
            fields.Add("saver", saver == 0 ? null : Holders.OfLease(saver));
        }
    }
}
