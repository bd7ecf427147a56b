using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>Where those sleep who wait for messages, for room, or for blocks; who does not wake anybody does not pay for it.</summary>
/// <remarks>
/// <code>
///  offset  size  field
///       0     4  wanted    not 0: somebody sleeps, or is about to
///       8     8  WakeWord
/// </code>
/// <para>Sleeper: 1 read the sequence → 2 <c>wanted = 1</c> → 3 heavy fence → 4 look once more → 5 sleep, if the sequence is still the same.
/// Publisher: a change → (fence) → b read <c>wanted</c>; if it is not 0: c <c>wanted = 0</c> → d signal (sequence + 1, wake all).</para>
/// <para>No wake-up is lost. By the fences, b sees 2 or 4 sees a. If b sees 2, d follows; then either d comes before 1, and as a comes before d, 4 sees a; or d comes after 1, and 5 does not
/// sleep or is woken. And when c wipes out the 2 of a second sleeper, that one's 1 came before c, so before d: it is woken too.</para>
/// <para>The fence between a and b costs more than a message. It is left out where 3 is a <see cref="SharedFence.Heavy"/> that reaches the publisher; whether it does is recorded in the structure at
/// its creation, and a process that cannot hold to that pays: as a publisher by an own fence, as a sleeper by looking every millisecond.</para>
/// <para>A publisher that is killed between a and d: its sleepers look by themselves within the backstop of <see cref="WakeWord"/>. A sleeper that is killed leaves <c>wanted</c> set: the next
/// publisher signals once for nothing, and clears it.</para>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = ByteSize)]
internal unsafe struct Gate
{
    internal const int ByteSize = 16;

    [FieldOffset(0)]
    private uint _wanted;

    [FieldOffset(8)]
    private WakeWord _word;

    /// <summary>Whether to call <see cref="Open"/>.</summary>
    internal readonly bool IsWanted => Volatile.Read(in _wanted) != 0;

    /// <summary>Wakes all who sleep.</summary>
    internal static void Open(Gate* gate)
    {
        Volatile.Write(ref gate->_wanted, 0);
        WakeWord.Signal(&gate->_word);
    }

    /// <summary>To be called before the last look; what it returns goes to <see cref="Sleep"/>.</summary>
    internal static uint Announce(Gate* gate)
    {
        uint seen = gate->_word.Sequence;
        Volatile.Write(ref gate->_wanted, 1);
        SharedFence.Heavy();
        return seen;
    }

    /// <inheritdoc cref="WakeWord.Sleep"/>
    internal static bool Sleep(Gate* gate, uint seen, Deadline deadline, int longest, CancellationToken cancellation) =>
        WakeWord.Sleep(&gate->_word, seen, deadline, cancellation, longest);
}
