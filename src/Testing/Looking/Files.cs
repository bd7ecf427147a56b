namespace Multiprocessing;

/// <summary>The files that a test may leave: what lies in shared memory, hidden or not, and what managers have in the folder for temporary files.</summary>
internal static class Files
{
    /// <summary>The paths of those that are watched.</summary>
    internal static IEnumerable<string> List(LeakKinds watch)
    {
        string temporary = Path.GetTempPath();
        IEnumerable<string> blocks = (watch & (LeakKinds.Blocks | LeakKinds.Leases)) == 0 || !Directory.Exists(LeaseFile.Directory) ? []
            : BlockBackend.Current.CanList ? Directory.EnumerateFileSystemEntries(LeaseFile.Directory, "*", FileListing.FoldersToo)
            : Directory.EnumerateFiles(LeaseFile.Directory, ".psm_*", FileListing.HiddenToo);
        IEnumerable<string> sockets = (watch & LeakKinds.Sockets) == 0 ? [] : Directory.EnumerateFileSystemEntries(temporary, "psm_*", FileListing.HiddenToo);
        return blocks.Concat(sockets).Where(path => (watch & KindOf(path)) != 0);
    }

    /// <summary>Of what kind a file is, by its name.</summary>
    internal static LeakKinds KindOf(string path) =>
        LeaseFile.IsName(Path.GetFileName(path)) ? LeakKinds.Leases
        : BlockBackend.Current.CanList && path.StartsWith(LeaseFile.Directory + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? LeakKinds.Blocks
        : LeakKinds.Sockets;

    /// <summary>Whether it is the lease of a process, not of a manager.</summary>
    internal static bool IsProcessLease(string name) => LeaseFile.IsName(name) && name.StartsWith(ProcessLease.NamePrefix, StringComparison.Ordinal);
}
