namespace Multiprocessing;

/// <summary>Who may write to a kept table: a word for each handle, with the lease of its process. The last to leave writes the file.</summary>
internal static class SlotMembers
{
    /// <summary>Takes a free word, or that of a dead process; -1 if all belong to living ones.</summary>
    internal static int Join(Span<ulong> members, ulong self)
    {
        for (int i = 0; i < members.Length; i++)
        {
            ulong seen = Volatile.Read(ref members[i]);
            if (seen == 0 && Interlocked.CompareExchange(ref members[i], self, 0) == 0)
            {
                return i;
            }
        }

        for (int i = 0; i < members.Length; i++)
        {
            ulong seen = Volatile.Read(ref members[i]);
            if (seen != self && (seen == 0 || ProcessLease.IsDead(seen)) && Interlocked.CompareExchange(ref members[i], self, seen) == seen)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Gives the word back; whether no other living process, and no other handle of this one, has one.</summary>
    internal static bool LeaveAsLast(Span<ulong> members, int member)
    {
        // A full fence: of two that leave at once, one at least sees the other's word gone.
        Interlocked.Exchange(ref members[member], 0);
        foreach (ref ulong word in members)
        {
            ulong seen = Volatile.Read(ref word);
            if (seen != 0 && !ProcessLease.IsDead(seen))
            {
                return false;
            }
        }

        return true;
    }
}
