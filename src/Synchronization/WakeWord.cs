using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>Where threads of all processes sleep until a structure changes: a sequence that counts the changes, and whether anybody sleeps.</summary>
/// <remarks>
/// <code>
///  offset  size  field
///       0     4  sequence  grows with every signal, wraps
///       4     4  sleepers  how many sleep, or were killed while they did
/// </code>
/// <para>Who waits reads the sequence, looks at the structure, and sleeps only if the sequence is still the same: a signal between the two is not
/// missed. A killed sleeper leaves <c>sleepers</c> too high, which costs every later signal a system call and no more.</para>
/// <para>Who changes the structure signals after it. If it dies in between, the sleepers look again by themselves within
/// <see cref="Backstop"/>: nobody hangs for a signal that a dead process owed.</para>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = ByteSize)]
internal unsafe struct WakeWord
{
    internal const int ByteSize = 8;

    /// <summary>The longest sleep in milliseconds, after which a sleeper looks by itself.</summary>
    internal const int Backstop = 100;

    [FieldOffset(0)]
    private uint _sequence;

    [FieldOffset(4)]
    private int _sleepers;

    /// <summary>To be read before the structure is looked at, and given to <see cref="Sleep"/>.</summary>
    internal readonly uint Sequence => Volatile.Read(in _sequence);

    /// <summary>Says that the structure has changed, and wakes at most so many sleepers.</summary>
    /// <returns>Whether somebody is known to have slept and to have been woken, who was alive then.</returns>
    internal static bool Signal(WakeWord* word, int count = int.MaxValue)
    {
        // A full fence: either the sleeper counts before this look at the count, or it sees the new sequence.
        Interlocked.Increment(ref word->_sequence);
        int sleepers = Volatile.Read(ref word->_sleepers);
        return sleepers > 0 && WaitBackend.Current.Wake(&word->_sequence, Math.Min(count, sleepers)) > 0;
    }

    /// <summary>
    /// Sleeps until a signal, if there was none since <paramref name="seen"/> was read; also returns without one, at the latest after
    /// <paramref name="longest"/> milliseconds, so it is called in a loop that looks at the structure.
    /// </summary>
    /// <returns>False when the deadline has passed.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled: within microseconds, and the structure is as it was.</exception>
    internal static bool Sleep(WakeWord* word, uint seen, Deadline deadline, CancellationToken cancellation, int longest = Backstop)
    {
        cancellation.ThrowIfCancellationRequested();
        int milliseconds = deadline.Remaining(longest);
        if (milliseconds == 0)
        {
            return false;
        }

        Interlocked.Increment(ref word->_sleepers);
        try
        {
            nint address = (nint)word;

            // A signal like any other: it is not missed if it comes just before the sleep, and wakes the others too, who look and sleep on.
            using CancellationTokenRegistration registration = cancellation.UnsafeRegister(
                static word => Signal((WakeWord*)(nint)word!), cancellation.CanBeCanceled ? address : null);
            WaitBackend.Current.Wait(&word->_sequence, seen, milliseconds);
        }
        finally
        {
            Interlocked.Decrement(ref word->_sleepers);
        }

        cancellation.ThrowIfCancellationRequested();
        return true;
    }
}
