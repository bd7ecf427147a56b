namespace Multiprocessing.Shm;

/// <summary>Who has a ring, queue or pool open: see <see cref="Participants"/>.</summary>
internal sealed class HandleTable
{
    private const int EntryBytes = 16;
    private const int IndexBits = 8;

    private readonly (ulong Lease, uint Epoch)[] _entries = new (ulong, uint)[Participants.Most];

    internal HandleTable(BlockCopy block, long offset)
    {
        for (int i = 0; i < _entries.Length; i++)
        {
            _entries[i] = (block.Read<ulong>(offset + (i * EntryBytes)), block.Read<uint>(offset + (i * EntryBytes) + 8));
        }
    }

    /// <summary>The handles that are open, by process, those of the dead that nobody has found yet included.</summary>
    internal List<Fields> Handles()
    {
        var leases = new Dictionary<ulong, int>();
        foreach ((ulong lease, _) in _entries)
        {
            SignalDecoder.Count(leases, lease);
        }

        return Holders.Of(leases, "handles");
    }

    /// <summary>Who goes by a short owner; null if nobody does, or does any more.</summary>
    internal Fields? Find(uint owner) => LeaseOf(owner) is ulong lease and not 0 ? Holders.OfLease(lease) : null;

    /// <summary>Counts by process what short owners have.</summary>
    internal List<Fields> Group(Dictionary<uint, int> owners, string what)
    {
        var leases = new Dictionary<ulong, int>();
        foreach ((uint owner, int count) in owners)
        {
            if (LeaseOf(owner) is ulong lease and not 0)
            {
                leases[lease] = leases.GetValueOrDefault(lease) + count;
            }
        }

        return Holders.Of(leases, what);
    }

    private ulong LeaseOf(uint owner)
    {
        uint index = owner & ((1u << IndexBits) - 1);
        return owner != 0 && index < _entries.Length && _entries[index].Epoch == owner >> IndexBits ? _entries[index].Lease : 0;
    }
}
