using System.Globalization;

namespace Multiprocessing;

/// <summary>What files processes have open, by <c>/proc/PID/fd</c> (Linux; elsewhere nothing is told).</summary>
internal static class OpenFiles
{
    /// <summary>The path of the file that a process has open under a descriptor; null if there is none, or it may not be looked at.</summary>
    internal static string? PathOf(int processId, int descriptor) => Target(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd/{descriptor}"));

    /// <summary>Whether a process has that file open, by the path as the system tells it; null if that cannot be told.</summary>
    internal static bool? Has(int processId, string path)
    {
        try
        {
            string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/fd");
            return Directory.Exists(folder) ? Directory.EnumerateFileSystemEntries(folder).Any(entry => Target(entry) == path) : OperatingSystem.IsLinux() ? false : null;
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
