namespace Multiprocessing;

/// <summary>The control words of an area: who may do what to the bytes, how often they were updated, and who sleeps until they are.</summary>
/// <remarks>
/// <para>Layout (kind <c>area</c>, version 1, 11,776 bytes; where the data is in the same block it follows at <c>data</c>):
/// <code>
///  offset  size  field
///       0    32  header   of all our structures
///      32     8  size     of the data in bytes; 0 for a file, of which each process chooses its own window
///      40     8  data     where in this block the data begins; 0: it lies elsewhere
///      48     4  source   0: this block, 1: a file, 2: memory of the caller's
///      52     4  retired  1: its last user is about to unlink this block (files only)
///      56     4  many     1: there were more users than places for them, so nobody knows which is the last (files only)
///      64     4  gate     bits, see below; all updates look at it, few change it
///      68     4  epoch    odd while somebody has entered the lock to write; all reads look at it
///      72     4  signal   bit 0: somebody sleeps until an update; the rest counts the wake-ups
///      76     4  sleepers how many sleep, or were killed while they did: a hint
///      80     4  torn     1: somebody died in the midst of a larger write
///      84     4  slots    how many slots were ever taken, from the first on
///     128     8  larger   bits 0-15: the slot (from 1) of who makes a larger write just now, 0 if nobody does; bits 16-63: how many were made
///     192     8  base     updates that are counted in no slot
///     256  1152  lock     a SharedReaderWriterLock, recursive, for 16 readers
///    1408  2048  users    256 lease ids of those who have attached, 0: free (files only)
///    3456   128  members  a SharedMutex: who holds it may change users and retired
///    3584  8192  slots    128 of 64 bytes, one a thread
/// </code>
/// A slot:
/// <code>
///       0     8  count    twice the number of updates through this slot; odd while one is under way
///       8     8  owner    the lease id of the process whose thread has it; 0: free
/// </code>
/// The gate: bit 0 <c>fenced</c>: locks have been used, so updates pay for a fence; bit 1 <c>settled</c>: everybody knows; bit 2 <c>write</c>: the lock is held to
/// write; from bit 3 on: how many hold it to read.</para>
/// <para>What happens on whose death is in docs/protocol.md.</para>
/// </remarks>
internal sealed unsafe partial class AreaControl : IDisposable
{
    internal const string Kind = "area";
    internal const uint Version = 1;
    internal const int ByteSize = SlotsOffset + (MostSlots * SlotBytes);

    internal const int SizeOffset = 32;
    internal const int DataOffset = 40;
    internal const int SourceOffset = 48;
    internal const int GateOffset = 64;
    internal const int EpochOffset = 68;
    internal const int SignalOffset = 72;
    internal const int LargerOffset = 128;
    internal const int SlotsOffset = 3584;
    internal const int SlotBytes = 64;
    internal const int MostSlots = 128;

    internal const uint Fenced = 1;
    internal const uint Settled = 2;
    internal const uint Writing = 4;
    internal const uint OneReader = 8;
    internal const uint Locked = ~(Fenced | Settled);
    internal const ulong LargerWriter = 0xffff;

    private const int RetiredOffset = 52;
    private const int ManyOffset = 56;
    internal const int SleepersOffset = 76;
    internal const int TornOffset = 80;
    private const int SlotsTakenOffset = 84;
    internal const int BaseOffset = 192;
    internal const int LockOffset = 256;
    private const int LockKeyOffset = LockOffset + 40;
    internal const int UsersOffset = 1408;
    internal const int MostUsers = 256;
    private const int MembersOffset = 3456;
    internal const int OwnerOffset = 8;
    private const int Readers = 16;

    private readonly SharedReaderWriterLock _lock;
    private readonly ulong _key;

    /// <summary>Takes over a block that begins with finished control words.</summary>
    internal AreaControl(SharedMemory block)
    {
        Block = block;
        Words = block.Start;
        StructureHeader.Check(Words, block.Size, Kind, Version, block.Name);
        if (block.Size < ByteSize)
        {
            throw new InvalidDataException($"'{block.Name}' is an area of {block.Size} bytes; its control words alone take {ByteSize}.");
        }

        // Whose threads must hear of a barrier must be known before it touches anything.
        _ = SharedFence.IsAsymmetric;
        _key = *(ulong*)(Words + LockKeyOffset);
        _lock = SharedReaderWriterLock.Attach(block, LockOffset);
    }

    internal SharedMemory Block { get; }

    /// <summary>Where the words are in this process.</summary>
    internal byte* Words { get; }

    internal ref uint Gate => ref *(uint*)(Words + GateOffset);

    internal ref uint Epoch => ref *(uint*)(Words + EpochOffset);

    internal ref ulong Larger => ref *(ulong*)(Words + LargerOffset);

    internal ref uint Torn => ref *(uint*)(Words + TornOffset);

    internal AreaSource Source => (AreaSource)(*(uint*)(Words + SourceOffset));

    /// <summary>Where data begins in a block of its own: at the next page.</summary>
    internal static long DataStart => (ByteSize + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize;

    /// <summary>Makes control words in a block of zeros.</summary>
    internal static void Build(SharedMemory block, long size, long data, AreaSource source)
    {
        byte* words = block.Start;
        *(long*)(words + SizeOffset) = size;
        *(long*)(words + DataOffset) = data;
        *(uint*)(words + SourceOffset) = (uint)source;
        *(uint*)(words + GateOffset) = SharedFence.IsAsymmetric ? 0 : Fenced | Settled;
        SharedReaderWriterLock.Create(block, LockOffset, recursive: true, Readers).Dispose();
        SharedMutex.Create(block, MembersOffset).Dispose();
        StructureHeader.Publish(words, Kind, Version, block.Size);
    }

    public void Dispose()
    {
        Leave();
        ReleaseSlots();
        _lock.Dispose();
        Block.Dispose();
    }
}
