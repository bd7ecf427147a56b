using System.Globalization;

namespace Multiprocessing.Shm;

/// <summary>Areas: the control words are described above <see cref="AreaControl"/>.</summary>
internal static class AreaDecoder
{
    private const int FirstBytes = 256;

    internal static void Decode(BlockCopy block, uint flavour, Fields fields)
    {
        long size = block.Read<long>(AreaControl.SizeOffset);
        long data = block.Read<long>(AreaControl.DataOffset);
        uint source = block.Read<uint>(AreaControl.SourceOffset);
        if (source > 2 || size < 0 || (source == 0 && (data < AreaControl.ByteSize || size > block.Size - data)))
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"the area says that it has {size} bytes at {data} (source {source}); the block has {block.Size}"));
        }

        uint gate = block.Read<uint>(AreaControl.GateOffset);
        long updates = (long)block.Read<ulong>(AreaControl.BaseOffset);
        var writers = new Dictionary<ulong, int>();
        for (int i = 0; i < AreaControl.MostSlots; i++)
        {
            long slot = AreaControl.SlotsOffset + ((long)i * AreaControl.SlotBytes);
            updates += (long)(block.Read<ulong>(slot) / 2);
            SignalDecoder.Count(writers, block.Read<ulong>(slot + AreaControl.OwnerOffset));
        }

        fields.Add("dataSize", source == 1 ? null : size, source == 1 ? "each process's own window" : null);
        fields.Add("dataIn", source switch { 0 => "block", 1 => "file", _ => "memory" });
        fields.Add("updates", updates);
        fields.Add("torn", block.Read<uint>(AreaControl.TornOffset) != 0);
        fields.Add("locked", (gate & AreaControl.Writing) != 0 ? "write" : gate >= AreaControl.OneReader ? "read" : "no");
        fields.Add("sleepers", block.Read<int>(AreaControl.SleepersOffset));
        fields.Add("lock", LockDecoder.ReaderWriterLock(block, AreaControl.LockOffset, MutexFlavour(block)));
        fields.Add("writers", Holders.Of(writers, "threads"));
        if (source == 1)
        {
            var users = new Dictionary<ulong, int>();
            block.ForEachWord(AreaControl.UsersOffset, AreaControl.MostUsers, sizeof(ulong), (_, user) => SignalDecoder.Count(users, user));
            fields.Add("users", Holders.Of(users, "handles"));
        }

        if (source == 0)
        {
            fields.Add("firstBytes", block.Some(data, (int)Math.Min(size, FirstBytes)));
        }
    }

    /// <summary>The lock within has a header of its own, and says there what its mutexes are.</summary>
    private static uint MutexFlavour(BlockCopy block) => block.Read<uint>(AreaControl.LockOffset + 12);
}
