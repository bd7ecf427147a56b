using System.Globalization;

namespace Multiprocessing.Shm;

/// <summary>Events, semaphores, conditions and barriers. The offsets are those of the remarks of their types, version 1.</summary>
internal static class SignalDecoder
{
    private const int TableAt = 192;

    internal static void Event(BlockCopy block, uint flavour, Fields fields)
    {
        fields.Add("set", block.Read<uint>(32) != 0);
        fields.Add("autoReset", block.Read<uint>(36) != 0);
        fields.Add("sleepers", block.Read<int>(44));
    }

    internal static void Semaphore(BlockCopy block, uint flavour, Fields fields)
    {
        int maximum = block.Read<int>(32);
        bool counting = block.Read<uint>(36) != 0;
        if (maximum < 1 || (!counting && maximum > SharedSemaphore.MostOwnedPermits))
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"the semaphore says that it has {maximum} permits: that cannot be"));
        }

        fields.Add("maximum", maximum);
        fields.Add("counting", counting);
        fields.Add("sleepers", block.Read<int>(44));
        if (counting)
        {
            fields.Add("free", block.Read<int>(48));
            return;
        }

        var owners = new Dictionary<ulong, int>();
        int taken = 0;
        block.ForEachWord(64, maximum, sizeof(ulong), (_, owner) => taken += Count(owners, owner));
        fields.Add("free", maximum - taken);
        fields.Add("holders", Holders.Of(owners, "permits"));
    }

    internal static void Condition(BlockCopy block, uint flavour, Fields fields)
    {
        const int WaiterBytes = 32;
        bool own = block.Read<uint>(40) != 0;
        int capacity = block.Read<int>(44);
        if (capacity is < 1 or > 1 << 20)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"the condition says that {capacity} can wait: that cannot be"));
        }

        var owners = new Dictionary<ulong, int>();
        block.ForEachWord(TableAt, capacity, WaiterBytes, (_, owner) => Count(owners, owner));
        fields.Add("capacity", capacity);
        fields.Add("everWaited", block.Read<long>(48));
        fields.Add("mutex", own ? Holders.OfMutex(block, 128, flavour) : null, own ? null : "of another block");
        fields.Add("waiters", Holders.Of(owners, "threads"));
    }

    internal static void Barrier(BlockCopy block, uint flavour, Fields fields)
    {
        const int PartyBytes = 16;
        int participants = block.Read<int>(32);
        if (participants is < 1 or > SharedBarrier.MostParticipants)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"the barrier says that it has {participants} parties: that cannot be"));
        }

        var owners = new Dictionary<ulong, int>();
        block.ForEachWord(TableAt, participants, PartyBytes, (_, owner) => Count(owners, owner));
        fields.Add("participants", participants);
        fields.Add("waiting", block.Read<int>(48));
        fields.Add("broken", block.Read<int>(36) != 0);
        fields.Add("timesPassed", block.Read<long>(40));
        fields.Add("resets", block.Read<uint>(52));
        fields.Add("mutex", Holders.OfMutex(block, 64, flavour));
        fields.Add("parties", Holders.Of(owners, "places"));
    }

    /// <summary>glibc's sem_t on 64-bit systems (sysdeps/nptl/internaltypes.h, struct new_sem): the value in the low half of the first word, who waits in the high one.</summary>
    internal static void PosixSemaphore(BlockCopy block, Fields fields)
    {
        fields.Add("value", block.Read<uint>(0));
        fields.Add("waiters", block.Read<uint>(4));
    }

    /// <summary>Counts an owner, if there is one.</summary>
    internal static int Count(Dictionary<ulong, int> owners, ulong owner)
    {
        if (owner == 0)
        {
            return 0;
        }

        owners[owner] = owners.GetValueOrDefault(owner) + 1;
        return 1;
    }
}
