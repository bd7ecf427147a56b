using System.Globalization;

namespace Multiprocessing.Shm;

/// <summary>Mutexes, reader-writer locks and values with a lock. The offsets are those of the remarks of SharedMutex, SharedReaderWriterLock and SharedValue, version 1.</summary>
internal static class LockDecoder
{
    private const int MutexAt = 64;
    private const int StripesAt = 128;
    private const int CopiesAt = 192;
    private const int FirstBytes = 256;

    private static readonly string[] WriterStates = ["none", "waits", "writes"];

    internal static void Mutex(BlockCopy block, uint flavour, Fields fields)
    {
        fields.Add("recursive", block.Read<uint>(32) != 0);
        fields.Add("mutex", Holders.OfMutex(block, MutexAt, flavour));
    }

    internal static void ReaderWriterLock(BlockCopy block, uint flavour, Fields fields) => fields.Add("lock", ReaderWriterLock(block, 0, flavour));

    /// <summary>A reader-writer lock at an offset.</summary>
    internal static Fields ReaderWriterLock(BlockCopy block, long offset, uint flavour)
    {
        int stripes = block.Read<int>(offset + 32);
        uint writer = block.Read<uint>(offset + 48);
        if (stripes is < 1 or > SharedReaderWriterLock.MostReaders || writer >= WriterStates.Length)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"the lock says that {stripes} can read at once, and {writer} of its writer: that cannot be"));
        }

        var readers = new List<Fields>();
        for (int i = 0; i < stripes; i++)
        {
            // A writer has all stripes too; it is shown at the gate.
            long stripe = offset + StripesAt + ((long)i * IMutexBackend.ByteSize);
            if (writer != 2 && MutexLook.Of(block.Bytes(stripe, IMutexBackend.ByteSize), flavour).State is MutexState.Held or MutexState.Abandoned)
            {
                readers.Add(Holders.OfMutex(block, stripe, flavour));
            }
        }

        return new Fields
        {
            { "recursive", block.Read<uint>(offset + 36) != 0 },
            { "mostReaders", stripes },
            { "writer", WriterStates[writer] },
            { "torn", block.Read<uint>(offset + 52) != 0 },
            { "gate", Holders.OfMutex(block, offset + MutexAt, flavour) },
            { "readers", readers },
        };
    }

    internal static void Value(BlockCopy block, uint flavour, Fields fields)
    {
        int size = block.Read<int>(32);
        ulong version = block.Read<ulong>(40);
        if (size < 1)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"the value says that it has {size} bytes"));
        }

        long stride = ((long)size + 63) / 64 * 64;
        long copy = CopiesAt + (version % 2 == 0 ? 0 : stride);
        block.Bytes(copy, size);
        fields.Add("valueSize", size);
        fields.Add("timesSet", version);
        fields.Add("ownerDied", block.Read<uint>(36) != 0);
        fields.Add("mutex", Holders.OfMutex(block, MutexAt + MutexAt, flavour));
        fields.Add("bytes", block.Some(copy, Math.Min(size, FirstBytes)));
        switch (size)
        {
            case 4:
                fields.Add("asInteger", block.Read<int>(copy));
                fields.Add("asFloat", (double)block.Read<float>(copy));
                break;
            case 8:
                fields.Add("asInteger", block.Read<long>(copy));
                fields.Add("asFloat", block.Read<double>(copy));
                break;
        }
    }
}
