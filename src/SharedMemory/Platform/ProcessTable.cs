using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing;

/// <summary>
/// The processes of this machine: on Linux what <c>/proc</c> tells (proc(5)), elsewhere what <see cref="Process"/> does, which knows neither parents nor arguments. A process that has ended
/// and that its parent has not asked for yet (a zombie) is none: it holds nothing any more.
/// </summary>
internal static class ProcessTable
{
    private const string Folder = "/proc";

    /// <summary>The fields of <c>/proc/PID/stat</c>, counted from the end of the program's name, which may contain anything.</summary>
    private const int StateField = 1;
    private const int ParentField = 2;
    private const int StartField = 20;

    private static readonly bool HasFolder = OperatingSystem.IsLinux() && Directory.Exists("/proc/self");

    /// <summary>The ids of all processes that run now.</summary>
    internal static IEnumerable<int> Ids()
    {
        if (HasFolder)
        {
            return Directory.EnumerateDirectories(Folder)
                .Select(static path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
                .Where(static id => id > 0);
        }

        return Process.GetProcesses().Select(static process =>
        {
            using (process)
            {
                return process.Id;
            }
        });
    }

    /// <summary>All processes that run now, by their ids.</summary>
    internal static Dictionary<int, ProcessEntry> All()
    {
        var all = new Dictionary<int, ProcessEntry>();
        foreach (int id in Ids())
        {
            if (Find(id) is ProcessEntry process)
            {
                all[id] = process;
            }
        }

        return all;
    }

    /// <summary>The process that has this id now; null if there is none.</summary>
    internal static ProcessEntry? Find(int processId)
    {
        if (!HasFolder)
        {
            return FindElsewhere(processId);
        }

        string[] fields = Fields(processId);
        return IsRunning(fields)
            ? new ProcessEntry(processId, (int)Number(fields[ParentField]), Number(fields[StartField]), UserOf(processId), Strings(processId, "cmdline"))
            : null;
    }

    /// <summary>When the process that has this id now was started, see <see cref="ProcessEntry.Start"/>; 0 if there is none.</summary>
    internal static long StartOf(int processId)
    {
        if (!HasFolder)
        {
            return FindElsewhere(processId)?.Start ?? 0;
        }

        string[] fields = Fields(processId);
        return IsRunning(fields) ? Number(fields[StartField]) : 0;
    }

    /// <summary>Whether the process that had this id and started then still runs.</summary>
    internal static bool IsAlive(int processId, long start) => StartOf(processId) is long now && now != 0 && now == start;

    /// <summary>The processes that one has started and those that these have, as far as the line of parents is unbroken: an orphan is the child of another.</summary>
    /// <param name="all">The processes that there are, see <see cref="All"/>.</param>
    /// <param name="ancestor">Whose; it is not among them.</param>
    internal static HashSet<int> Descendants(Dictionary<int, ProcessEntry> all, int ancestor)
    {
        ILookup<int, int> children = all.Values.ToLookup(static process => process.ParentId, static process => process.Id);
        var found = new HashSet<int>();
        var unseen = new Stack<int>([ancestor]);
        while (unseen.TryPop(out int parent))
        {
            foreach (int child in children[parent])
            {
                if (child != ancestor && found.Add(child))
                {
                    unseen.Push(child);
                }
            }
        }

        return found;
    }

    /// <summary>The environment that a process was started with; none when it is gone, somebody else's, or not told.</summary>
    internal static string[] Environment(int processId) => HasFolder ? Strings(processId, "environ") : [];

    /// <summary>The text of a file of <c>/proc/PID</c>; empty when the process is gone, somebody else's, or where there is none.</summary>
    internal static string Read(int processId, string file)
    {
        if (!HasFolder)
        {
            return "";
        }

        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"{Folder}/{processId}/{file}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string[] Strings(int processId, string file) => Read(processId, file).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Fields(int processId)
    {
        string stat = Read(processId, "stat");
        return stat[(stat.LastIndexOf(')') + 1)..].Split(' ');
    }

    private static bool IsRunning(string[] fields) => fields.Length > StartField && fields[StateField] is not ("Z" or "X");

    private static long Number(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : 0;

    /// <summary>The second number of the line <c>Uid:</c> is the user whose rights count.</summary>
    private static uint? UserOf(int processId)
    {
        foreach (ReadOnlySpan<char> line in Read(processId, "status").AsSpan().EnumerateLines())
        {
            if (line.StartsWith("Uid:"))
            {
                string[] ids = line.ToString().Split('\t');
                return ids.Length > 2 && uint.TryParse(ids[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint id) ? id : null;
            }
        }

        return null;
    }

    private static ProcessEntry? FindElsewhere(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.HasExited ? null : new ProcessEntry(processId, 0, process.StartTime.ToUniversalTime().Ticks, null, [process.ProcessName]);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception or NotSupportedException)
        {
            return null;
        }
    }
}
