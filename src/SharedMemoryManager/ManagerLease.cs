using System.Globalization;

namespace Multiprocessing;

/// <summary>
/// What stands in a manager's lease, for who finds it with its holders dead: lines of <c>name value</c>. The id is in the name of the
/// file already, so an empty lease, left by a death in the middle of its creation, is enough to clean up after.
/// </summary>
internal sealed record ManagerLease(string Id, int OwnerProcessId, DateTimeOffset Started, string SocketPath)
{
    /// <summary>The socket for stock Python, where it does not lie in the manager's own folder.</summary>
    internal string? PythonSocketPath { get; init; }

    /// <summary>
    /// Makes the lease of a new manager, to be published when its server holds it too; null if its id is taken, or if a reclaimer took the file before
    /// it was locked.
    /// </summary>
    internal static LeaseFile? TryPrepare(ServerSettings settings)
    {
        var lease = new ManagerLease(settings.Id, Environment.ProcessId, DateTimeOffset.UtcNow, settings.Address.SocketPath)
        {
            PythonSocketPath = settings.Python is { IsGiven: true } python ? python.Path : null,
        };
        return LeaseFile.TryPrepare(ManagerNames.Lease(settings.Id), lease.ToString());
    }

    /// <summary>Reads what is there.</summary>
    internal static ManagerLease Parse(string id, string content)
    {
        var lease = new ManagerLease(id, 0, default, ManagerNames.SocketPath(Path.GetTempPath(), id));
        foreach (string line in content.Split('\n'))
        {
            switch (line.Split(' ', 2))
            {
                case ["owner", string text] when int.TryParse(text, CultureInfo.InvariantCulture, out int pid):
                    lease = lease with { OwnerProcessId = pid };
                    break;
                case ["started", string text] when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out DateTimeOffset started):
                    lease = lease with { Started = started };
                    break;

                // It is about to be removed, so it must look like what it is said to be.
                case ["socket", string path] when path == ManagerNames.SocketPath(Path.GetDirectoryName(Path.GetDirectoryName(path)) ?? "", id):
                    lease = lease with { SocketPath = path };
                    break;
                case ["python", string path]:
                    lease = lease with { PythonSocketPath = path };
                    break;
            }
        }

        return lease;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"manager {Id}\nprefix {ManagerNames.Prefix(Id)}\nowner {OwnerProcessId}\nstarted {Started:O}\nsocket {SocketPath}\n")
        + (PythonSocketPath is null ? "" : $"python {PythonSocketPath}\n");
}
