using System.Globalization;

namespace Multiprocessing;

/// <summary>What the system allows to shared memory, and what it may do to it. Null where it does not tell.</summary>
internal static class SystemLimits
{
    private const string ConfigurationName = "logind.conf";

    /// <summary>The longest path of a Unix domain socket in bytes, without its NUL (unix(7); 103 on macOS).</summary>
    internal static int LongestSocketPath { get; } = OperatingSystem.IsMacOS() ? 103 : 107;

    /// <summary>The folder that holds the blocks; null where they lie in none.</summary>
    internal static string? BlockFolder { get; } = OperatingSystem.IsLinux() ? LeaseFile.Directory : null;

    /// <summary>The size of that folder's file system in bytes, and how much of it is free.</summary>
    internal static (long Size, long Free)? BlockRoom()
    {
        try
        {
            return BlockFolder is string folder && new DriveInfo(folder) is { IsReady: true } drive ? (drive.TotalSize, drive.AvailableFreeSpace) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Who may do what in that folder.</summary>
    internal static UnixFileMode? BlockFolderMode() =>
        BlockFolder is string folder && FileStatus.TryOfPath(folder, followLinks: true, out FileStatus status) ? status.Mode : null;

    /// <summary>How many mappings a process can have (vm.max_map_count).</summary>
    internal static long? MostMappings() => long.TryParse(Text("/proc/sys/vm/max_map_count"), NumberStyles.None, CultureInfo.InvariantCulture, out long most) ? most : null;

    /// <summary>How many bytes this process may lock into memory (RLIMIT_MEMLOCK); <see cref="long.MaxValue"/> if there is no limit.</summary>
    internal static unsafe long? MostLockedBytes()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        ulong* limits = stackalloc ulong[2];
        int resource = OperatingSystem.IsMacOS() ? Libc.RLIMIT_MEMLOCK_MACOS : Libc.RLIMIT_MEMLOCK_LINUX;
        return Libc.getrlimit(resource, limits) == 0 ? (long)Math.Min(limits[0], long.MaxValue) : null;
    }

    /// <summary>
    /// Whether logind unlinks a user's blocks when he has logged out (RemoveIPC in logind.conf(5), which is on unless it is switched off). Null where no logind is at work. System users and root are spared
    /// by it.
    /// </summary>
    internal static bool? RemovesAtLogout() => Directory.Exists("/run/systemd/seats") ? RemoveIpcIn(ConfigurationFiles("")) : null;

    /// <summary>What the files of a logind say, the later ones before the earlier ones.</summary>
    internal static bool RemoveIpcIn(IEnumerable<string> files)
    {
        bool removes = true;
        foreach (string file in files)
        {
            foreach (string line in Text(file).Split('\n'))
            {
                if (line.Split('=', 2, StringSplitOptions.TrimEntries) is ["RemoveIPC", string value])
                {
                    removes = value.ToLowerInvariant() is "yes" or "true" or "on" or "1" or "y" or "t";
                }
            }
        }

        return removes;
    }

    /// <summary>The files of a logind in the order in which they are read: the main one, of several only the first; then the parts of all folders, by their names.</summary>
    internal static List<string> ConfigurationFiles(string root)
    {
        string[] folders = [$"{root}/usr/lib/systemd", $"{root}/usr/local/lib/systemd", $"{root}/run/systemd", $"{root}/etc/systemd"];
        var parts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string folder in folders.Select(static folder => $"{folder}/{ConfigurationName}.d").Where(Directory.Exists))
        {
            foreach (string part in Directory.GetFiles(folder, "*.conf"))
            {
                // One of the same name in a folder of more weight takes its place.
                parts[Path.GetFileName(part)] = part;
            }
        }

        IEnumerable<string> main = folders.Reverse().Select(static folder => $"{folder}/{ConfigurationName}").Where(File.Exists).Take(1);
        return [.. main, .. parts.Values];
    }

    /// <summary>Whether this process acts as a person's user, and not as root or a service (login.defs(5): those are below 1000).</summary>
    internal static bool IsPersonalUser { get; } = !OperatingSystem.IsWindows() && LibcProcess.geteuid() is >= 1000 and not 65534;

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
