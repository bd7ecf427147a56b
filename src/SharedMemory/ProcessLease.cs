using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Multiprocessing;

/// <summary>
/// This process's lease, one for all that it owns in shared memory, and the answer to whether another's owner is dead.
/// </summary>
/// <remarks>
/// <para>An owner is written into shared structures as the id of its lease, 64 random bits, never 0 and never used twice. The lease is held before its
/// id is told to anybody, and ends in one of two ways: its process ends cleanly and removes it, or dies, and the file stays with its lock free until
/// somebody who has won it removes it. So an id without a file is that of a process that has ended.</para>
/// <para>Not covered: somebody who removes the file of a living process by hand, and processes that share a file-backed block but not
/// the folder of the leases.</para>
/// </remarks>
internal sealed class ProcessLease
{
    /// <summary>How the names of their files begin.</summary>
    internal const string NamePrefix = ".psm_process_";
    private const string ContentPrefix = "process ";
    private const int IdBytes = 8;
    private const int SweepLooks = 10;
    private const int SweepMilliseconds = 10;

    private static readonly Lock Making = new();
    private static ProcessLease? _current;

    private readonly LeaseFile _file;

    private ProcessLease(ulong id, LeaseFile file)
    {
        Id = id;
        _file = file;
    }

    /// <summary>This process's, made when it is first asked for.</summary>
    internal static ProcessLease Current
    {
        get
        {
            ProcessLease? current = Volatile.Read(ref _current);
            if (current is not null)
            {
                return current;
            }

            lock (Making)
            {
                return _current ??= Make();
            }
        }
    }

    internal ulong Id { get; }

    /// <summary>Whether the process whose lease this was has ended. Unknown means no.</summary>
    internal static bool IsDead(ulong id)
    {
        if (id == Volatile.Read(ref _current)?.Id)
        {
            return false;
        }

        using LeaseFile? won = TryWin(id);
        return won is not null || !LeaseFile.Exists(NameOf(id));
    }

    /// <summary>
    /// The right to clean up after a dead process, which exactly one gets: null for all others. Who has it removes the file when the work is
    /// done (<see cref="LeaseFile.Remove"/>), or leaves it to the next by letting go.
    /// </summary>
    internal static LeaseFile? TryWin(ulong id) => LeaseFile.TryWin(NameOf(id));

    /// <summary>Whether that lease is there, held or not.</summary>
    internal static bool Exists(ulong id) => LeaseFile.Exists(NameOf(id));

    /// <summary>All that there are, looked at.</summary>
    internal static IEnumerable<(ulong Id, int ProcessId, LeaseLook Look)> LookAtAll()
    {
        foreach (string name in LeaseFile.Names(NamePrefix))
        {
            if (ulong.TryParse(name.AsSpan(NamePrefix.Length, name.Length - NamePrefix.Length - LeaseFile.Suffix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong id)
                && LeaseFile.Look(name) is LeaseLook look)
            {
                yield return (id, ProcessIdIn(look.Content), look);
            }
        }
    }

    /// <summary>The process that a lease is of, by what stands in it; 0 if that is not to be read.</summary>
    internal static int ProcessIdOf(ulong id) => LeaseFile.Look(NameOf(id)) is LeaseLook look ? ProcessIdIn(look.Content) : 0;

    /// <summary>Removes the leases of processes that died; returns how many.</summary>
    internal static int RemoveDead()
    {
        int removed = 0;
        foreach (string name in LeaseFile.Names(NamePrefix))
        {
            using LeaseFile? won = LeaseFile.TryWin(name);
            if (won is not null)
            {
                won.Remove();
                removed++;
            }
        }

        return removed;
    }

    /// <summary>
    /// A further lease of this process, for something that one process of the machine may be at a time, such as the server at an address: null if another
    /// lives that is it. Who has it removes it when that ends; what a death leaves is free for the next, and for who sweeps.
    /// </summary>
    internal static LeaseFile? TryHold(string what)
    {
        string name = NameOf(BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(what))));
        for (int look = 0; look < SweepLooks; look++)
        {
            if (LeaseFile.TryCreate(name, $"{ContentOf(Environment.ProcessId)}{what}\n") is LeaseFile held)
            {
                return held;
            }

            using LeaseFile? won = LeaseFile.TryWin(name);
            if (won is not null)
            {
                won.Remove();
            }
            else if (LeaseFile.Exists(name))
            {
                // Its holder lives; or a sweep has a dead one's in its hands, for an instant.
                Thread.Sleep(SweepMilliseconds);
            }
        }

        return null;
    }

    /// <summary>For tests: leaves all as if this process had died now. The next to ask gets a new lease.</summary>
    internal static void Abandon()
    {
        lock (Making)
        {
            _current?._file.Dispose();
            _current = null;
        }
    }

    private static string ContentOf(int processId) => string.Create(CultureInfo.InvariantCulture, $"{ContentPrefix}{processId}\n");

    /// <summary>The first line says whose it is; a second one, what for.</summary>
    private static int ProcessIdIn(string content) =>
        content.StartsWith(ContentPrefix, StringComparison.Ordinal)
        && int.TryParse(content[ContentPrefix.Length..].Split('\n')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0;

    /// <summary>The name of its file.</summary>
    internal static string NameOf(ulong id) => $"{NamePrefix}{id:x16}{LeaseFile.Suffix}";

    private static ProcessLease Make()
    {
        while (true)
        {
            ulong id = ulong.Parse(BlockName.RandomHex(IdBytes), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (id != 0 && LeaseFile.TryCreate(NameOf(id), ContentOf(Environment.ProcessId)) is LeaseFile file)
            {
                AppDomain.CurrentDomain.ProcessExit += (_, _) => file.Remove();
                return new ProcessLease(id, file);
            }
        }
    }
}
