using System.Globalization;

namespace Multiprocessing;

/// <summary>Blocks, leases and sockets.</summary>
internal static class FileLeaks
{
    internal static IEnumerable<Leak> Find(IEnumerable<string> paths, Surroundings around)
    {
        foreach (string path in paths.Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);

            // The lease of a process that lives goes with it, and those of the dead are swept by now.
            if (Files.IsProcessLease(name))
            {
                continue;
            }

            FileStatus status = default;
            if (OperatingSystem.IsLinux() && !FileStatus.TryOfPath(path, followLinks: false, out status))
            {
                continue;
            }

            if (around.IsWatched(path, status))
            {
                yield return Describe(path, name, status, around);
            }
        }
    }

    private static Leak Describe(string path, string name, FileStatus status, Surroundings around) => Files.KindOf(path) switch
    {
        LeakKinds.Leases => new Leak(LeakKinds.Leases, name, DescribeLease(name))
        {
            Path = path,
            Creators = around.Book.OfLease(name),
        },
        LeakKinds.Sockets => new Leak(LeakKinds.Sockets, path, Directory.Exists(path) ? "the folder of a manager's socket" : "a socket")
        {
            Path = path,
            Creators = OfManager(name, around),
        },
        _ => new Leak(LeakKinds.Blocks, NameIn(path), DescribeBlock(path, name, status, around))
        {
            Path = path,
            Creators = around.Book.OfBlock(name, status.Version.Inode) is { Count: > 0 } creators ? creators : OfManager(name, around),
        },
    };

    private static string DescribeBlock(string path, string name, FileStatus status, Surroundings around)
    {
        if (Directory.Exists(path))
        {
            return "a folder";
        }

        string kind = (NameIn(path) == name ? BlockBackend.Current.KindOf(name) : null) ?? "block";
        string manager = ManagerNames.IdOf(name) is string id ? $" of the manager {id}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{kind}{manager}, {status.Size} bytes{around.DescribeUsers(status.Version.Inode)}");
    }

    private static string DescribeLease(string name)
    {
        LeaseLook? look = LeaseFile.Look(name);
        string content = (look?.Content ?? "").ReplaceLineEndings(", ").TrimEnd(' ', ',');
        return look?.State == LeaseState.Free ? $"free, whoever held it is dead: {content}" : $"held: {content}";
    }

    private static IReadOnlyList<LeakCreator> OfManager(string name, Surroundings around) =>
        ManagerNames.IdOf(name) is string id ? around.Book.OfManager(id) : [];

    /// <summary>The path from the folder of the blocks on, which of a block is its name.</summary>
    private static string NameIn(string path) => Path.GetRelativePath(LeaseFile.Directory, path);
}
