namespace Multiprocessing;

/// <summary>Whose a folder is.</summary>
internal static class FolderOwner
{
    /// <summary>Whether it belongs to the user of this process. Where the system has no such owners, its access list decides, and the answer is yes.</summary>
    internal static bool IsOurs(string folder) =>
        !OperatingSystem.IsLinux() || (FileStatus.TryOfPath(folder, followLinks: false, out FileStatus status) && status.IsOurs);
}
