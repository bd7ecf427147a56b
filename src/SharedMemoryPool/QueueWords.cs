using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>What a queue has behind the records of its ring.</summary>
/// <remarks>
/// <code>
///  offset  size  field
///       0     4  format     how an item is written: 1 JSON in UTF-8, 2 as it is
///       4     4  joinable   1: an item is not finished before TaskDone
///       8     4  maxSize    how many items may wait; 0: as many as there is room for
///      12     4  completed  1: nothing is put any more
///      16     4  credit     how many may be put until somebody must count again; changed in the mutex
///      32    16  finished   Gate: where those sleep who wait for everything to be finished
///      64   128  mutex      of who puts, where there is a maxSize; finished last of all, so that a queue without it is not one yet
/// </code>
/// <para>There is no count of what is unfinished, nor of what waits: both are told by the records themselves, which belong to somebody, dead or alive, at any instant. So no death makes them wrong.</para>
/// <para><c>credit</c> is lowered before a record is appended: a death in between makes it too low by one, until the next count.</para>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = ByteSize)]
internal struct QueueWords
{
    internal const int MutexOffset = 64;
    internal const int ByteSize = MutexOffset + SharedMutex.ByteSize;

    [FieldOffset(0)]
    internal int Format;

    [FieldOffset(4)]
    internal int Joinable;

    [FieldOffset(8)]
    internal int MaxSize;

    [FieldOffset(12)]
    internal int Completed;

    [FieldOffset(16)]
    internal int Credit;

    [FieldOffset(32)]
    internal Gate Finished;
}
