using System.Globalization;

namespace Multiprocessing.Shm;

/// <summary>Who holds what, as structures tell it: by the lease of a process, or by the thread of a mutex.</summary>
internal static class Holders
{
    /// <summary>A process by its lease.</summary>
    internal static Fields OfLease(ulong lease)
    {
        int id = ProcessLease.ProcessIdOf(lease);
        bool isDead = ProcessLease.IsDead(lease);
        string command = isDead || id == 0 ? "" : ProcessTable.Find(id)?.CommandLine ?? "";
        return new Fields
        {
            { "lease", lease.ToString("x16", CultureInfo.InvariantCulture) },
            { "pid", id == 0 ? null : id },
            { "alive", !isDead },
            { "command", command },
        };
    }

    /// <summary>The same, in a few words for people.</summary>
    internal static string Text(ulong lease)
    {
        int id = ProcessLease.ProcessIdOf(lease);
        bool isDead = ProcessLease.IsDead(lease);
        return id == 0
            ? string.Create(CultureInfo.InvariantCulture, $"lease {lease:x16}, {(isDead ? "of a process that has ended" : "alive")}")
            : string.Create(CultureInfo.InvariantCulture, $"process {id}, {(isDead ? "dead" : "alive")}");
    }

    /// <summary>A mutex of the system, whose 64 bytes are at an offset.</summary>
    internal static Fields OfMutex(BlockCopy block, long offset, uint flavour)
    {
        var look = MutexLook.Of(block.Bytes(offset, IMutexBackend.ByteSize), flavour);
        var fields = new Fields { { "state", look.State.ToString().ToLowerInvariant() } };
        if (look.State == MutexState.Held)
        {
            fields.Add("thread", look.ThreadId == 0 ? null : look.ThreadId);
            fields.Add("pid", look.ProcessId == 0 ? null : look.ProcessId);
            fields.Add("command", look.ProcessId == 0 ? "" : ProcessTable.Find(look.ProcessId)?.CommandLine ?? "");
        }

        return fields;
    }

    /// <summary>Counts words that name leases, and says of each lease how many it has.</summary>
    internal static List<Fields> Of(Dictionary<ulong, int> counts, string what)
    {
        var holders = new List<Fields>();
        foreach ((ulong lease, int count) in counts)
        {
            Fields holder = OfLease(lease);
            holder.Add(what, count);
            holders.Add(holder);
        }

        return holders;
    }
}
