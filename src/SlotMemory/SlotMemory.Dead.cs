namespace Multiprocessing;

/// <content>The slots of the dead.</content>
public sealed unsafe partial class SlotMemory
{
    /// <summary>
    /// Gives back the slots of processes that have ended without releasing them, however they ended. A process that lives, be it stopped for hours, keeps its
    /// slots; so does one of which this cannot be told. Of several who do this at once, one gives back each slot.
    /// </summary>
    /// <returns>How many slots this call has given back.</returns>
    /// <exception cref="NotSupportedException">The table is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public int ReleaseDead() => ReleaseDead(WritableStart);

    private int ReleaseDead(byte* start)
    {
        // What a death in the midst of a release has hidden is shown again.
        FullnessWord.End(ref *Fullness(start));
        var owners = new HashSet<ulong>();
        ulong self = _self;
        for (int i = 0; i < _count; i++)
        {
            ulong owner = Volatile.Read(ref *Owner(start, i));
            if (owner == SlotOwner.None)
            {
                _hints.Mark(start, i / SlotHints.GroupSize);
            }
            else if (owner != self && SlotOwner.IsProcess(owner))
            {
                owners.Add(owner);
            }
        }

        int released = 0;
        foreach (ulong owner in owners)
        {
            using LeaseFile? won = ProcessLease.TryWin(owner);
            if (won is not null || ProcessLease.IsDead(owner))
            {
                released += ReleaseAllOf(start, owner);
                won?.Remove();
            }
        }

        return released;
    }

    private int ReleaseAllOf(byte* start, ulong dead)
    {
        int released = 0;
        for (int i = 0; i < _count; i++)
        {
            ulong* owner = Owner(start, i);
            if (Volatile.Read(ref *owner) == dead && Interlocked.CompareExchange(ref *owner, SlotOwner.None, dead) == dead)
            {
                TellFreed(start, i);
                released++;
            }
        }

        return released;
    }
}
