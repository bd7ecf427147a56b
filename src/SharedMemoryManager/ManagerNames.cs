namespace Multiprocessing;

/// <summary>
/// How a manager's names are made, which is what makes it leak-free: whatever begins with its prefix is its own, before it exists and
/// whoever made it.
/// </summary>
/// <remarks>
/// <code>
/// psm_ 0123456789ab _ 1f          the 31st block of the owner
/// psm_ 0123456789ab _ c9f3a1_ 1f  the 31st block of a client, which is known by 24 random bits
///      id, 48 random bits
/// .psm_0123456789ab_1f            the hidden second name of a block, by which the server guards it
/// .psm_0123456789ab.lease         the lease that the owner and its server hold, both
/// </code>
/// A name has at most 30 bytes, which is what macOS takes.
/// </remarks>
internal static class ManagerNames
{
    private const int IdBytes = 6;
    private const int ClientBytes = 3;
    private const string LeasePrefix = BlockName.GuardPrefix + BlockName.Prefix;

    internal static string NewId() => BlockName.RandomHex(IdBytes);

    /// <summary>What all names of a manager begin with, and the owner's own.</summary>
    internal static string Prefix(string id) => $"{BlockName.Prefix}{id}_";

    /// <summary>What the names of a new client begin with. Random, so that a restarted server need not know who was there before.</summary>
    internal static string NewClientPrefix(string id) => $"{Prefix(id)}c{BlockName.RandomHex(ClientBytes)}_";

    /// <summary>Whether a client may go on with this prefix.</summary>
    internal static bool IsClientPrefix(string id, string prefix) =>
        prefix.Length == Prefix(id).Length + 2 + (2 * ClientBytes)
        && prefix.StartsWith(Prefix(id) + "c", StringComparison.Ordinal) && prefix.EndsWith('_');

    internal static string SocketPath(string temporaryDirectory, string id) =>
        Path.Combine(temporaryDirectory, BlockName.Prefix + id, "socket");

    internal static string Lease(string id) => LeasePrefix + id + LeaseFile.Suffix;

    /// <summary>All files that may be leases of managers.</summary>
    internal static IEnumerable<string> Leases() =>
        LeaseFile.Names(LeasePrefix).Where(name => name.Length == LeasePrefix.Length + (2 * IdBytes) + LeaseFile.Suffix.Length);

    /// <summary>The id of the manager that a block is of, by its name or its hidden name; null if it is none's.</summary>
    internal static string? IdOfBlock(string name)
    {
        string plain = name.StartsWith(BlockName.GuardPrefix, StringComparison.Ordinal) ? name[BlockName.GuardPrefix.Length..] : name;
        return new BlockName(false, plain).Guard is null ? null : plain.Substring(BlockName.Prefix.Length, 2 * IdBytes);
    }

    /// <summary>Likewise, also of the name of a lease or of a folder, which are a prefix without its end.</summary>
    internal static string? IdOf(string name) =>
        IdOfBlock((name.EndsWith(LeaseFile.Suffix, StringComparison.Ordinal) ? name[..^LeaseFile.Suffix.Length] : name) + "_0");

    internal static string IdOfLease(string name) => name.Substring(LeasePrefix.Length, 2 * IdBytes);
}
