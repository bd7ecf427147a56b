using System.Globalization;

namespace Multiprocessing;

/// <summary>
/// What blocks and leases processes have open, by <c>/proc/PID/fd</c> (Linux; elsewhere nothing is told). By what file it is and not by its name: a lease is made without one, and the system goes on
/// calling it so.
/// </summary>
internal static class OpenFiles
{
    private static readonly string Folder = LeaseFile.Directory + "/";

    /// <summary>The inode of the file among blocks and leases that a process has open under a descriptor; null if it is none, or may not be looked at.</summary>
    internal static ulong? InodeOf(int processId, int descriptor) => Inode(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd/{descriptor}"));

    /// <summary>Whether a process has the block or lease of that inode open; null if that cannot be told.</summary>
    internal static bool? Has(int processId, ulong inode) => InodesOf(processId)?.Contains(inode);

    /// <summary>The inodes of the blocks and leases that a process has open, none if it has ended; null if that cannot be told.</summary>
    internal static HashSet<ulong>? InodesOf(int processId)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            return [.. Directory.EnumerateFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd")).Select(Inode).OfType<ulong>()];
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
        catch (IOException)
        {
            // It has ended.
            return [];
        }
    }

    private static ulong? Inode(string link)
    {
        try
        {
            return OperatingSystem.IsLinux()
                && new FileInfo(link).LinkTarget is string target && target.StartsWith(Folder, StringComparison.Ordinal)
                && FileStatus.TryOfPath(link, followLinks: true, out FileStatus status)
                ? status.Version.Inode
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
