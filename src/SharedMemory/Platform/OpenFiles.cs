using System.Globalization;

namespace Multiprocessing;

/// <summary>What files processes have open, by <c>/proc/PID/fd</c> (Linux; elsewhere nothing is told).</summary>
/// <remarks>
/// A file is its device and inode. The path that the system tells is the one by which it was opened: of one that was made without a name and got it later, as leases are, that is
/// <c>/dev/shm/#2 (deleted)</c> for ever.
/// </remarks>
internal static class OpenFiles
{
    /// <summary>Which file a process has open under a descriptor, see <see cref="FileIdentity"/>; null if there is none in that folder, or it may not be looked at.</summary>
    internal static string? IdentityOf(int processId, int descriptor, string folder) =>
        Identity(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd/{descriptor}"), folder);

    /// <summary>Which file is at a path; null if there is none, or it may not be looked at.</summary>
    internal static string? IdentityOf(string path)
    {
        try
        {
            return FileIdentity.Of(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a process has the file at that path open; null if that cannot be told.</summary>
    internal static bool? Has(int processId, string path)
    {
        try
        {
            string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd");
            return !Directory.Exists(folder) ? OperatingSystem.IsLinux() ? false : null
                : IdentityOf(path) is string wanted && Directory.EnumerateFileSystemEntries(folder).Any(entry => Identity(entry, Path.GetDirectoryName(path)!) == wanted);
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
        catch (IOException)
        {
            // It has just ended.
            return false;
        }
    }

    private static string? Identity(string link, string folder) =>
        Target(link) is string target && target.StartsWith(folder + '/', StringComparison.Ordinal) ? IdentityOf(link) : null;

    private static string? Target(string link)
    {
        try
        {
            return OperatingSystem.IsLinux() ? new FileInfo(link).LinkTarget : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
