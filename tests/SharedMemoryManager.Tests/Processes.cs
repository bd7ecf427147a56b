using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What /proc says of a process.</summary>
internal static class Processes
{
    /// <summary>
    /// The process itself, if it lives: a collection, so that a failed assertion shows what was found. One that waits to be reaped by a
    /// lazy init is dead, but only when its last thread is: the first may be a zombie while another still holds the files.
    /// </summary>
    internal static IEnumerable<string> Alive(int pid)
    {
        try
        {
            string[] status = [.. File.ReadLines($"/proc/{pid}/status").Take(3)];
            bool zombie = status.Any(line => line.StartsWith("State:\tZ", StringComparison.Ordinal));
            return zombie && Directory.EnumerateDirectories($"/proc/{pid}/task").Count() <= 1 ? [] : status;
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>The resource trackers of Pythons that this test run has started.</summary>
    internal static IEnumerable<int> Trackers()
    {
        string mark = $"MULTIPROCESSING_TEST_RUN={Environment.GetEnvironmentVariable("MULTIPROCESSING_TEST_RUN")}";
        return Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, null, out int id) ? id : 0)
            .Where(id => id > 0 && Read(id, "cmdline").Contains("resource_tracker", StringComparison.Ordinal) && Read(id, "environ").Contains(mark, StringComparison.Ordinal));
    }

    private static string Read(int pid, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{file}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or is somebody else's.
            return "";
        }
    }

    /// <summary>A field of /proc/PID/status.</summary>
    internal static string Status(int pid, string field) =>
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith(field + ":", StringComparison.Ordinal))[(field.Length + 1)..].Trim();
}
