namespace Multiprocessing;

/// <summary>
/// How a manager's names are made, which is what makes it leak-free: whatever begins with its prefix is its own, before it exists and
/// whoever made it.
/// </summary>
/// <remarks>
/// <code>
/// psm_ 0123456789ab _ 1f          the 31st block of the owner
/// psm_ 0123456789ab _ c2_ 1f      the 31st block of the second client
///      id, 48 random bits
/// </code>
/// At most 30 bytes, which is what macOS takes.
/// </remarks>
internal static class ManagerNames
{
    private const int IdBytes = 6;

    internal static string NewId() => BlockName.RandomHex(IdBytes);

    /// <summary>What all names of a manager begin with, and the owner's own.</summary>
    internal static string Prefix(string id) => $"{BlockName.Prefix}{id}_";

    /// <summary>What the names of one client begin with.</summary>
    internal static string ClientPrefix(string id, int client) => $"{Prefix(id)}c{client:x}_";
}
