using System.Globalization;
using System.Text;
using Xunit.Sdk;

namespace Multiprocessing.Tests;

/// <summary>
/// What a test may leak, as it is at one moment: everything in /dev/shm, sockets (<c>psm_*</c> in the temp folder), and processes.
/// What is there later and was not there at the snapshot is a leak; what has gone since is not looked at.
/// </summary>
/// <remarks>
/// It sees the whole machine. A test that takes a snapshot must not run beside tests that make blocks.
/// Exempt is what this process holds an flock on: its process lease, which rightly lives as long as the process.
/// </remarks>
public sealed class ShmSnapshot
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);
    private static readonly string[] Programs =
        ["Multiprocessing.SharedMemoryManager", "Multiprocessing.SharedMemoryManager.dll", "Child.dll"];

    private static readonly string[] BuildServers = ["MSBuild.dll", "VBCSCompiler", "VBCSCompiler.dll"];

    // Inherited by all that this process starts, and by what those start: it tells our processes from other people's.
    private static readonly string Mark = $"MULTIPROCESSING_TEST_RUN={Guid.NewGuid():N}";

    private readonly HashSet<string> _files;
    private readonly Dictionary<string, int> _processes;

    static ShmSnapshot()
    {
        string[] mark = Mark.Split('=');
        Environment.SetEnvironmentVariable(mark[0], mark[1]);
    }

    private ShmSnapshot()
    {
        _files = [.. Files()];
        _processes = Processes();
    }

    /// <summary>How a folder is listed whose hidden names count too.</summary>
    public static EnumerationOptions HiddenToo { get; } = new() { AttributesToSkip = 0 };

    /// <summary>Takes a snapshot of this moment.</summary>
    public static ShmSnapshot Take() => new();

    /// <summary>Waits until nothing is there that was not there at the snapshot, and fails with a report when something stays.</summary>
    /// <param name="timeout">How long to wait, 15 s by default.</param>
    /// <param name="beforeEachLook">What to do before each look: to sweep, say.</param>
    /// <exception cref="XunitException">Something is still there after that.</exception>
    public void AssertUnchanged(TimeSpan? timeout = null, Action? beforeEachLook = null)
    {
        TimeSpan limit = timeout ?? DefaultTimeout;
        if (Report(limit, beforeEachLook) is string report)
        {
            throw new XunitException($"Left behind for {limit.TotalSeconds:0.###} s:\n{report}");
        }
    }

    /// <summary>Kills and unlinks what <see cref="AssertUnchanged"/> reports, except other people's processes and what they map.</summary>
    public void RemoveLeaks()
    {
        int[] leaked = [.. NewProcesses().Values.Where(IsOurs)];
        foreach (int processId in leaked)
        {
            Signals.Send(processId, Signals.Kill);
        }
        // A process that dies may still be unlinking, and must not be taken for one that uses a file.
        Eventually.Becomes(() => leaked.All(static id => ProcFs.Arguments(id).Length == 0), DefaultTimeout);
        foreach (string path in NewFiles().Where(static path => Users(path).All(static id => id == Environment.ProcessId || IsOurs(id))))
        {
            Remove(path);
        }
    }

    private string? Report(TimeSpan limit, Action? beforeEachLook)
    {
        bool IsUnchanged()
        {
            beforeEachLook?.Invoke();
            return NewFiles().Count == 0 && NewProcesses().Count == 0;
        }

        if (Eventually.Becomes(IsUnchanged, limit))
        {
            return null;
        }
        var report = new StringBuilder();
        foreach (string path in NewFiles().Order(StringComparer.Ordinal))
        {
            string users = string.Join(", ", Users(path));
            string size = Directory.Exists(path) ? "folder" : $"{SizeOf(path)} bytes";
            report.Append(CultureInfo.InvariantCulture, $"  {path}  {size}{(users.Length > 0 ? $", mapped by {users}" : "")}\n");
        }
        foreach (int processId in NewProcesses().Values.Order())
        {
            string whose = IsOurs(processId) ? "" : " (not started by this run)";
            report.Append(CultureInfo.InvariantCulture, $"  process {processId}: {string.Join(' ', ProcFs.Arguments(processId))}{whose}\n");
        }
        return report.ToString();
    }

    private List<string> NewFiles()
    {
        HashSet<string> leases = ProcFs.OwnLeases();
        return [.. Files().Where(path => !_files.Contains(path) && !leases.Contains(path))];
    }

    private Dictionary<string, int> NewProcesses() =>
        Processes().Where(process => !_processes.ContainsKey(process.Key)).ToDictionary();

    private static IEnumerable<string> Files()
    {
        // Nothing is skipped: hidden names are where hidden leaks are.
        var all = new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = true, IgnoreInaccessible = true };
        IEnumerable<string> blocks = Directory.Exists("/dev/shm") ? Directory.EnumerateFileSystemEntries("/dev/shm", "*", all) : [];
        return blocks.Concat(Directory.EnumerateFileSystemEntries(Path.GetTempPath(), "psm_*", HiddenToo));
    }

    /// <summary>The processes that run our programs, or that this run has started, by what names each for good.</summary>
    private static Dictionary<string, int> Processes() =>
        ProcFs.ProcessIds()
            .Where(static id => id != Environment.ProcessId && IsWatched(id))
            .ToDictionary(static id => $"{id}/{ProcFs.StartTime(id)}");

    private static bool IsWatched(int processId)
    {
        string[] arguments = ProcFs.Arguments(processId);
        // A file that exists, and not just text: a compiler's /reference:… or somebody's grep is no process of ours.
        return arguments.Any(static argument => Programs.Contains(Path.GetFileName(argument)) && File.Exists(argument))
            || (IsOurs(processId) && !arguments.Any(static argument => BuildServers.Contains(Path.GetFileName(argument))));
    }

    private static bool IsOurs(int processId) => ProcFs.Environment(processId).Contains(Mark);

    private static IEnumerable<int> Users(string path) => ProcFs.ProcessIds().Where(id => ProcFs.HasMapped(id, path));

    private static long SizeOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }

    private static void Remove(string path)
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
}
