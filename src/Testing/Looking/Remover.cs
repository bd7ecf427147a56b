using System.ComponentModel;
using System.Diagnostics;

namespace Multiprocessing;

/// <summary>Ends and unlinks what was left.</summary>
internal static class Remover
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    internal static void Remove(IReadOnlyList<Leak> leaks)
    {
        var around = new Surroundings(LeakScope.OwnProcessTree);
        List<ProcessEntry> own = [.. leaks.Select(static leak => leak.Process).OfType<ProcessEntry>().Where(process => around.IsOwn(process.Id))];
        own.ForEach(Kill);

        // A process that dies may still be unlinking, and must not be taken for one that uses a file.
        long start = Stopwatch.GetTimestamp();
        while (own.Exists(static process => ProcessTable.IsAlive(process.Id, process.Start)) && Stopwatch.GetElapsedTime(start) < Patience)
        {
            Thread.Sleep(10);
        }

        around = new Surroundings(LeakScope.OwnProcessTree);
        foreach (string path in leaks.Select(static leak => leak.Path).OfType<string>())
        {
            ulong inode = OperatingSystem.IsLinux() && FileStatus.TryOfPath(path, followLinks: false, out FileStatus status) ? status.Version.Inode : 0;
            if (around.UsersOf(inode).TrueForAll(around.IsOwn))
            {
                Remove(path);
            }
        }
    }

    /// <summary>Deletes a file or a folder, and does not stop at a failure.</summary>
    internal static void Remove(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or not ours to remove: the report has named it.
        }
    }

    private static void Kill(ProcessEntry entry)
    {
        try
        {
            using var process = Process.GetProcessById(entry.Id);
            if (ProcessTable.IsAlive(entry.Id, entry.Start))
            {
                process.Kill();
            }
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It has ended.
        }
    }
}
