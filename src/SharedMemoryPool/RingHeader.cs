using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>How a ring begins, of whatever kind. What changes often lies in lines of its own, the producers' apart from the consumers'.</summary>
/// <remarks>
/// <code>
///  offset  size  field
///       0    32  StructureHeader, kind "ring" (values of one size) or "msgring" (messages of any size), version 1
///      32     4  mode          1 SPSC, 2 MPSC, 3 MPMC
///      36     4  itemSize      bytes of a value; 0 in a msgring
///      40     8  capacity      how many values, or bytes of messages with their record headers; a power of two
///      48     4  onDeath       0 a dead consumer's taken messages are delivered again, 1 they are dropped
///      52     4  lightFences   1: publishers have no fence of their own before they look for sleepers (see Gate)
///     128     8  tail          SPSC: exact. Else: where to look for the first free slot, never behind it. msgring: end of the last record
///     136     8  seenHead      msgring: the producer's last look at head. A ring of values: each process keeps its own
///     144     4  producer      SPSC: the owner (see Participants) who may write
///     148     4  tailLock      msgring, MPSC and MPMC: the owner who is appending a record
///     256     8  head          SPSC, MPSC: exact. MPMC: where to look for the first message. msgring: the beginning of the oldest record
///     264     8  seenTail      msgring: the consumer's last look at tail. A ring of values: each process keeps its own
///     272     8  claim         SPSC: up to where the consumer reads in place just now
///     280     4  consumer      SPSC, MPSC: the owner who may read
///     284     4  headLock      msgring, MPMC: the owner who is taking a record
///     288     4  returns       grows when taken messages are given back
///     292     4  returnsSeen   up to which of those it is known that none lies behind head any more
///     296     8  take          msgring, MPMC: the first record that may not be taken yet
///     384    16  items         Gate: where consumers sleep
///     512    16  room          Gate: where producers sleep
///     640     8  holes         claims of dead producers that were skipped
///     648     8  redelivered   messages of dead consumers that were given to others
///     656     8  dropped       messages of dead consumers that were dropped
///     664     8  lastCheck     when somebody last looked for the dead, in milliseconds of the machine's clock: only to not do it too often
///     768  4080  Participants
///    4864        slots or records
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = ByteSize)]
internal struct RingHeader
{
    internal const int ByteSize = 4864;
    internal const uint Version = 1;
    internal const int ParticipantsOffset = 768;

    [FieldOffset(32)]
    internal int Mode;

    [FieldOffset(36)]
    internal int ItemSize;

    [FieldOffset(40)]
    internal long Capacity;

    [FieldOffset(48)]
    internal int OnDeath;

    [FieldOffset(52)]
    internal int LightFences;

    [FieldOffset(128)]
    internal long Tail;

    [FieldOffset(136)]
    internal long SeenHead;

    [FieldOffset(144)]
    internal uint Producer;

    [FieldOffset(148)]
    internal uint TailLock;

    [FieldOffset(256)]
    internal long Head;

    [FieldOffset(264)]
    internal long SeenTail;

    [FieldOffset(272)]
    internal long Claim;

    [FieldOffset(280)]
    internal uint Consumer;

    [FieldOffset(284)]
    internal uint HeadLock;

    [FieldOffset(288)]
    internal uint Returns;

    [FieldOffset(292)]
    internal uint ReturnsSeen;

    [FieldOffset(296)]
    internal long Take;

    [FieldOffset(384)]
    internal Gate Items;

    [FieldOffset(512)]
    internal Gate Room;

    [FieldOffset(640)]
    internal long Holes;

    [FieldOffset(648)]
    internal long Redelivered;

    [FieldOffset(656)]
    internal long Dropped;

    [FieldOffset(664)]
    internal long LastCheck;
}
