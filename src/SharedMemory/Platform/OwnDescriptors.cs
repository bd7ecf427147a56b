using System.Globalization;

namespace Multiprocessing;

/// <summary>What this process has open, and its threads, as <c>/proc/self</c> tells (proc(5)). Elsewhere than on Linux nothing is told.</summary>
internal static class OwnDescriptors
{
    private const string Folder = "/proc/self/fd";
    private const string DeletedMark = " (deleted)";
    private const string SocketMark = "socket:[";

    /// <summary>The descriptors, and what each refers to: a path, or <c>socket:[inode]</c>, <c>pipe:[inode]</c>, <c>anon_inode:…</c>.</summary>
    internal static Dictionary<int, string> Read()
    {
        var all = new Dictionary<int, string>();
        if (!OperatingSystem.IsLinux() || !Directory.Exists(Folder))
        {
            return all;
        }

        foreach (string path in Directory.GetFileSystemEntries(Folder))
        {
            // That by which the folder was read is gone by now.
            if (LinkTarget(path) is string target && int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor))
            {
                all[descriptor] = target;
            }
        }

        return all;
    }

    /// <summary>What a descriptor refers to, for people: a lease by its name, a socket by its path or its addresses.</summary>
    internal static string Describe(int descriptor, string target)
    {
        if (target.StartsWith(SocketMark, StringComparison.Ordinal))
        {
            return $"{target}{Socket(target[SocketMark.Length..^1])}";
        }

        // A lease is made without a name and gets one afterwards: the system goes on calling it by its inode.
        return target.EndsWith(DeletedMark, StringComparison.Ordinal) && LeaseOf(descriptor) is string lease ? $"{target}, the lease {lease}" : target;
    }

    /// <summary>The lease that a descriptor refers to; null if it is none that has a name.</summary>
    internal static string? LeaseOf(int descriptor)
    {
        if (!FileStatus.TryOf(descriptor, out FileStatus open) || !open.IsRegularFile)
        {
            return null;
        }

        return LeaseFile.Names("").FirstOrDefault(
            name => FileStatus.TryOfPath(Path.Combine(LeaseFile.Directory, name), followLinks: false, out FileStatus named) && named.Version.Inode == open.Version.Inode);
    }

    /// <summary>Whether a thread of this process has that number.</summary>
    internal static bool IsOwnThread(int thread) => Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}"));

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What the tables of the network say of a socket: <c>/proc/net/unix</c> ends with inode and path, in <c>tcp</c> and <c>udp</c> the inode is the tenth column.</summary>
    private static string Socket(string inode)
    {
        foreach (string[] columns in Rows("unix"))
        {
            if (columns.Length > 6 && columns[6] == inode)
            {
                return columns.Length > 7 ? $", unix {columns[7]}" : ", unix, without a path";
            }
        }

        foreach (string protocol in (string[])["tcp", "tcp6", "udp", "udp6"])
        {
            foreach (string[] columns in Rows(protocol))
            {
                if (columns.Length > 9 && columns[9] == inode)
                {
                    return $", {protocol} port {Port(columns[1])} to port {Port(columns[2])}";
                }
            }
        }

        return "";
    }

    private static int Port(string address) =>
        int.TryParse(address.AsSpan(address.LastIndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int port) ? port : 0;

    private static IEnumerable<string[]> Rows(string table) =>
        ProcessTable.Read(Environment.ProcessId, $"net/{table}").Split('\n').Skip(1).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
