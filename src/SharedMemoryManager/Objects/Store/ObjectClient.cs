using System.Globalization;

namespace Multiprocessing;

/// <summary>Who has called on objects: what he refers to, and the answer to his last change, should he ask again.</summary>
internal sealed class ObjectClient(string id)
{
    /// <summary>The owner's id. He lives as long as the server has work.</summary>
    internal const string Owner = "owner";

    private const int LeaseDigits = 16;

    internal string Id => id;

    /// <summary>The connection that he has now; null after a server's death, until he is back.</summary>
    internal ObjectSession? Session { get; set; }

    /// <summary>How often he refers to what.</summary>
    internal Dictionary<string, int> References { get; } = new(StringComparer.Ordinal);

    /// <summary>The number of his last change.</summary>
    internal long LastNumber { get; set; }

    /// <summary>What was answered to it.</summary>
    internal byte[] LastResult { get; set; } = [];

    /// <summary>The lease of his process, by which his id begins: <c>0123456789abcdef.1</c>; null if he has none.</summary>
    internal ulong? Lease =>
        id.Length > LeaseDigits && ulong.TryParse(id.AsSpan(0, LeaseDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong lease)
            ? lease
            : null;

    /// <summary>Whether he cannot come back.</summary>
    internal bool IsDead => id != Owner && (Lease is not ulong lease || ProcessLease.IsDead(lease));
}
