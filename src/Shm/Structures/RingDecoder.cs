using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Multiprocessing.Shm;

/// <summary>Rings of values and of messages, and queues: see <see cref="RingHeader"/>, <see cref="RecordHeader"/> and <see cref="QueueWords"/>.</summary>
internal static class RingDecoder
{
    private const uint States = 5;

    internal static void Values(BlockCopy block, uint flavour, Fields fields)
    {
        RingHeader header = Header(block, fields, out HandleTable handles);
        fields.Add("itemSize", header.ItemSize);
        if (header.Mode == (int)RingMode.Spsc)
        {
            long depth = header.Tail - header.Head;
            fields.Add("depth", depth >= 0 && depth <= header.Capacity
                ? depth
                : throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"its head is at {header.Head} and its tail at {header.Tail}: that cannot be")));
        }
        else
        {
            int stride = (sizeof(ulong) + header.ItemSize + 7) & ~7;
            var counts = new long[States + 3];
            var holders = new Dictionary<uint, int>();
            block.ForEachWord(RingHeader.ByteSize, header.Capacity, stride, (_, word) => Count(word, counts, holders));
            AddCounts(fields, counts);
            fields.Add("holders", handles.Group(holders, "items"));
        }

        AddTail(header, handles, fields);
    }

    internal static void Messages(BlockCopy block, uint flavour, Fields fields) => AddTail(Records(block, fields, out HandleTable handles), handles, fields);

    internal static void Queue(BlockCopy block, uint flavour, Fields fields)
    {
        RingHeader header = Records(block, fields, out HandleTable handles);
        QueueWords words = block.Read<QueueWords>(RingHeader.ByteSize + header.Capacity);
        fields.Add("items", words.Format switch { 1 => "json", 2 => "bytes", _ => null });
        fields.Add("joinable", words.Joinable != 0);
        fields.Add("maxSize", words.MaxSize);
        fields.Add("completed", words.Completed != 0);
        long puts = RingHeader.ByteSize + header.Capacity + QueueWords.MutexOffset;
        fields.Add("putMutex", Holders.OfMutex(block, puts + 64, block.Read<uint>(puts + 12)));
        AddTail(header, handles, fields);
    }

    private static RingHeader Header(BlockCopy block, Fields fields, out HandleTable handles)
    {
        RingHeader header = block.Read<RingHeader>(0);
        if (!Enum.IsDefined((RingMode)header.Mode) || header.OnDeath is not (0 or 1) || header.ItemSize < 0 || header.Capacity < 2 || !BitOperations.IsPow2(header.Capacity)
            || header.Capacity > block.Size)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture, $"the header makes no sense: mode {header.Mode}, capacity {header.Capacity}, items of {header.ItemSize} bytes"));
        }

        handles = new HandleTable(block, RingHeader.ParticipantsOffset);
        fields.Add("mode", ((RingMode)header.Mode).ToString().ToLowerInvariant());
        fields.Add("capacity", header.Capacity);
        fields.Add("onConsumerDeath", header.OnDeath == 0 ? "redeliver" : "drop");
        return header;
    }

    /// <summary>Walks over the records between head and tail. They may move meanwhile: what does not fit ends the walk, and is said.</summary>
    private static RingHeader Records(BlockCopy block, Fields fields, out HandleTable handles)
    {
        RingHeader header = Header(block, fields, out handles);
        long used = header.Tail - header.Head;
        if (used < 0 || used > header.Capacity || header.Head % RecordHeader.ByteSize != 0)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"its head is at {header.Head} and its tail at {header.Tail}: that cannot be"));
        }

        var counts = new long[States + 3];
        var holders = new Dictionary<uint, int>();
        long bytes = 0;
        long position = header.Head;
        while (position < header.Tail)
        {
            long at = position & (header.Capacity - 1);
            ReadOnlySpan<byte> record = block.Bytes(RingHeader.ByteSize + at, RecordHeader.ByteSize);
            ulong word = MemoryMarshal.Read<ulong>(record);
            int length = MemoryMarshal.Read<int>(record[8..]);
            int total = MemoryMarshal.Read<int>(record[12..]);
            if (total < RecordHeader.ByteSize || total % RecordHeader.ByteSize != 0 || total > header.Tail - position || at + total > header.Capacity)
            {
                fields.Add(StructureDecoder.Problem, string.Create(CultureInfo.InvariantCulture, $"the record at {at} says it has {total} bytes: it is damaged, or was written while it was read"));
                break;
            }

            bytes += ClaimWord.State(word) == RecordHeader.Done ? 0 : length;
            Count(word, counts, holders);
            position += total;
        }

        AddCounts(fields, counts);
        fields.Add("usedBytes", used);
        fields.Add("messageBytes", bytes);
        fields.Add("holders", handles.Group(holders, "items"));
        return header;
    }

    private static void Count(ulong word, long[] counts, Dictionary<uint, int> holders)
    {
        uint state = ClaimWord.State(word);
        counts[state]++;
        if (state is RecordHeader.Claimed or RecordHeader.Taken)
        {
            uint owner = ClaimWord.Owner(word);
            holders[owner] = holders.GetValueOrDefault(owner) + 1;
        }
    }

    /// <summary>The states of a slot and of a record have the same numbers, but for 0: free, or done.</summary>
    private static void AddCounts(Fields fields, long[] counts)
    {
        fields.Add("depth", counts[RecordHeader.Committed] + counts[RecordHeader.Returned]);
        fields.Add("beingWritten", counts[RecordHeader.Claimed]);
        fields.Add("taken", counts[RecordHeader.Taken]);
        fields.Add("returned", counts[RecordHeader.Returned]);
    }

    private static void AddTail(RingHeader header, HandleTable handles, Fields fields)
    {
        if (header.Mode == (int)RingMode.Spsc)
        {
            fields.Add("producer", handles.Find(header.Producer));
        }

        if (header.Mode != (int)RingMode.Mpmc)
        {
            fields.Add("consumer", handles.Find(header.Consumer));
        }

        fields.Add("holes", header.Holes);
        fields.Add("redelivered", header.Redelivered);
        fields.Add("dropped", header.Dropped);
        fields.Add("handles", handles.Handles());
    }
}
