using System.Globalization;

namespace Multiprocessing.Shm;

/// <summary>
/// Says what is in a block, of every kind, from bytes that were read and not mapped: it attaches to nothing (most types join a table when they attach, or repair what the dead left), and believes nothing.
/// </summary>
internal static class StructureDecoder
{
    /// <summary>The name of the field that says what is wrong.</summary>
    internal const string Problem = "problem";

    private const int FirstBytes = 256;

    /// <summary>What each kind tells, into fields. Throws <see cref="InvalidDataException"/> where the block is not what its header says.</summary>
    private static readonly Dictionary<string, (uint Version, Action<BlockCopy, uint, Fields> Decode)> Decoders = new(StringComparer.Ordinal)
    {
        ["mutex"] = (1, LockDecoder.Mutex),
        ["rwlock"] = (1, LockDecoder.ReaderWriterLock),
        ["sem"] = (1, SignalDecoder.Semaphore),
        ["event"] = (1, SignalDecoder.Event),
        ["cond"] = (1, SignalDecoder.Condition),
        ["barrier"] = (1, SignalDecoder.Barrier),
        ["value"] = (1, LockDecoder.Value),
        ["area"] = (AreaControl.Version, AreaDecoder.Decode),
        ["slots"] = (SlotLayout.Version, SlotsDecoder.Decode),
        ["ring"] = (RingHeader.Version, RingDecoder.Values),
        ["msgring"] = (RingHeader.Version, RingDecoder.Messages),
        ["queue"] = (RingHeader.Version, RingDecoder.Queue),
        ["pool"] = (PoolHeader.Version, PoolDecoder.Decode),
    };

    /// <summary>What is in a block; with the field <see cref="Problem"/> if that is not what it should be.</summary>
    internal static Fields Decode(string name, string kind)
    {
        var fields = new Fields();
        try
        {
            using var bytes = BlockBytes.Open(name);
            Decode(new BlockCopy(bytes, name), bytes, kind, fields);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            fields.Add(Problem, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It went, or is another user's: what the system told of it can still be shown.
            fields.Add(Problem, e.Message);
        }

        return fields;
    }

    private static void Decode(BlockCopy block, BlockBytes bytes, string kind, Fields fields)
    {
        switch (kind)
        {
            case KindRecognizer.Array:
                ContainerDecoder.Array(block, bytes, fields);
                return;
            case KindRecognizer.List:
                ContainerDecoder.List(block, fields);
                return;
            case KindRecognizer.PosixSemaphore:
                SignalDecoder.PosixSemaphore(block, fields);
                return;
            case KindRecognizer.Plain:
                fields.Add("firstBytes", block.Some(0, FirstBytes));
                return;
        }

        uint version = block.Read<uint>(8);
        uint flavour = block.Read<uint>(12);
        long size = block.Read<long>(24);
        fields.Add("layoutVersion", version);
        fields.Add("structureSize", size);
        if (!Decoders.TryGetValue(kind, out (uint Version, Action<BlockCopy, uint, Fields> Decode) decoder))
        {
            fields.Add("firstBytes", block.Some(0, FirstBytes));
            throw new InvalidDataException($"there is a header, but '{Texts.Printable(kind)}' is no kind that this program knows");
        }

        if (version != decoder.Version)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"its layout is {version}, and this program knows {decoder.Version}"));
        }

        if (size < StructureHeader.ByteSize || size > block.Size)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"its header says it has {size} bytes, but the block has {block.Size}"));
        }

        decoder.Decode(block, flavour, fields);
    }
}
