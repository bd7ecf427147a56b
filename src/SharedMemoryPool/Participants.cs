using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// Who uses a shared structure: a table in it, with one entry for each handle, that translates the short owners that fit into a <see cref="ClaimWord"/> to the leases of
/// their processes.
/// </summary>
/// <remarks>
/// <code>
///  entry (16 bytes)   0  8  lease  the id of the process's lease; 0: the entry is free
///                     8  4  epoch  counts the users of this entry, never 0 while one uses it; wraps at 21 bits
///  owner = epoch · 256 + index
/// </code>
/// <para>Joining: 1 <c>lease: 0 → mine</c> (one compare-and-swap) → 2 <c>epoch + 1</c>. A death between the two leaves an entry of a dead process under the old epoch, by which nothing is claimed.</para>
/// <para>Leaving: 1 sweep what the owner still claims → 2 <c>lease: mine → 0</c>. A death before 2 is the death of an owner.</para>
/// <para>Recovery, by anybody, any number at once: read lease, epoch, lease again (the same: lease ids are never used twice, so the epoch is that lease's) → the lease is dead (its lock was
/// won, or it is gone: unknown means alive) → sweep all words that name this owner, each by a compare-and-swap → <c>lease: dead → 0</c>. A death in here leaves what is left to the next. </para>
/// </remarks>
internal sealed unsafe class Participants
{
    /// <summary>How many handles may be open at once.</summary>
    internal const int Most = 255;

    internal const int ByteSize = Most * EntrySize;

    private const int EntrySize = 16;
    private const int IndexBits = 8;
    private const uint EpochMask = (1u << (ClaimWord.OwnerBits - IndexBits)) - 1;

    private readonly Entry* _table;
    private readonly Entry* _own;
    private readonly ulong _lease;
    private readonly Func<uint, bool> _sweep;

    /// <summary>Joins; <paramref name="sweep"/> releases whatever an owner claims, and may be called for the same one by several at once; false says that it cannot just now.</summary>
    /// <exception cref="InvalidOperationException">There are <see cref="Most"/> living handles already.</exception>
    internal Participants(byte* table, Func<uint, bool> sweep)
    {
        _table = (Entry*)table;
        _sweep = sweep;
        _lease = ProcessLease.Current.Id;
        _own = Join();
        if (_own == null)
        {
            Recover();
            _own = Join();
        }

        if (_own == null)
        {
            throw new InvalidOperationException($"{Most} handles are open to it already, and all of their processes live.");
        }

        uint epoch = (_own->Epoch + 1) & EpochMask;
        Volatile.Write(ref _own->Epoch, epoch == 0 ? 1 : epoch);
        Owner = (_own->Epoch << IndexBits) | (uint)(_own - _table);
    }

    /// <summary>By what name this handle claims; never 0.</summary>
    internal uint Owner { get; }

    /// <summary>Whether who goes by this name has died or left. Unknown means no.</summary>
    internal bool IsGone(uint owner)
    {
        Entry* entry = _table + (owner & ((1u << IndexBits) - 1));
        ulong lease = Volatile.Read(ref entry->Lease);
        uint epoch = Volatile.Read(ref entry->Epoch);
        if (lease != Volatile.Read(ref entry->Lease))
        {
            return false; // It changes just now. The caller asks again.
        }

        return lease == 0 || (lease != _lease && ProcessLease.IsDead(lease)) || epoch != owner >> IndexBits;
    }

    /// <summary>Releases what the dead had claimed; returns whether there was one.</summary>
    internal bool Recover()
    {
        bool found = false;
        for (uint i = 0; i < Most; i++)
        {
            Entry* entry = _table + i;
            ulong lease = Volatile.Read(ref entry->Lease);
            uint epoch = Volatile.Read(ref entry->Epoch);
            if (lease == 0 || lease == _lease || lease != Volatile.Read(ref entry->Lease) || !ProcessLease.IsDead(lease))
            {
                continue;
            }

            // Swept before it is given away: what a dead owner claims can be told only while its name is known.
            if (_sweep((epoch << IndexBits) | i))
            {
                Interlocked.CompareExchange(ref entry->Lease, 0, lease);
                found = true;
            }
        }

        return found;
    }

    /// <summary>How many handles are open, those of the dead that nobody has found yet included.</summary>
    internal int Count
    {
        get
        {
            int count = 0;
            for (int i = 0; i < Most; i++)
            {
                count += Volatile.Read(ref _table[i].Lease) != 0 ? 1 : 0;
            }

            return count;
        }
    }

    /// <summary>Releases what this handle still claims, and its entry.</summary>
    internal void Leave()
    {
        _sweep(Owner);
        Interlocked.CompareExchange(ref _own->Lease, 0, _lease);
    }

    private Entry* Join()
    {
        for (int i = 0; i < Most; i++)
        {
            if (Volatile.Read(ref _table[i].Lease) == 0 && Interlocked.CompareExchange(ref _table[i].Lease, _lease, 0) == 0)
            {
                return _table + i;
            }
        }

        return null;
    }

    [StructLayout(LayoutKind.Explicit, Size = EntrySize)]
    private struct Entry
    {
        [FieldOffset(0)]
        internal ulong Lease;

        [FieldOffset(8)]
        internal uint Epoch;
    }
}
