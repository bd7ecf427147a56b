using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Multiprocessing.Tests;

/// <summary>What /proc tells about the processes of this machine. Elsewhere than on Linux it tells nothing.</summary>
internal static partial class ProcFs
{
    /// <summary>The ids of all processes that run now.</summary>
    internal static IEnumerable<int> ProcessIds() =>
        Directory.Exists("/proc/self")
            ? Directory.EnumerateDirectories("/proc")
                .Select(static path => int.TryParse(Path.GetFileName(path), NumberStyles.None, null, out int id) ? id : 0)
                .Where(static id => id > 0)
            : [];

    /// <summary>The arguments of a process; none when it is gone, a zombie or a kernel thread.</summary>
    internal static string[] Arguments(int processId) => Strings(processId, "cmdline");

    /// <summary>The environment that a process was started with; none when it is gone or somebody else's.</summary>
    internal static string[] Environment(int processId) => Strings(processId, "environ");

    /// <summary>The time at which a process started, in ticks since boot: with the id it names the process for good.</summary>
    internal static string StartTime(int processId)
    {
        string stat = Read(processId, "stat");
        // The name of the program, in parentheses, may contain anything; the fields are counted from its end.
        return stat[(stat.LastIndexOf(')') + 1)..].Split(' ').ElementAtOrDefault(20) ?? "";
    }

    /// <summary>Whether a process has a file mapped.</summary>
    internal static bool HasMapped(int processId, string path) =>
        Read(processId, "maps").Split('\n').Any(line => line.EndsWith(' ' + path, StringComparison.Ordinal));

    /// <summary>The leases of processes, dead ones too.</summary>
    internal static IEnumerable<string> Leases() =>
        Directory.Exists("/dev/shm") ? Directory.EnumerateFiles("/dev/shm", ".psm_process_*.lease", ShmSnapshot.HiddenToo) : [];

    /// <summary>The lease of this process, which it has for as long as it lives: its text names the process.</summary>
    internal static HashSet<string> OwnLeases() =>
        [.. Leases().Where(file => ReadUnlocked(file) == $"process {System.Environment.ProcessId}\n")];

    private static string[] Strings(int processId, string file) => Read(processId, file).Split('\0', StringSplitOptions.RemoveEmptyEntries);

    private static string Read(int processId, string file) => ReadFile($"/proc/{processId}/{file}");

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has just ended, or belongs to somebody else.
            return "";
        }
    }

    /// <summary>.NET takes a lock of its own on what it opens, however it is told to share, and a lease's lock refuses that.</summary>
    private static string ReadUnlocked(string path)
    {
        const int CloseOnExec = 0x80000;
        using var file = new SafeFileHandle(Open(path, CloseOnExec), ownsHandle: true);
        if (file.IsInvalid)
        {
            return "";
        }

        Span<byte> text = stackalloc byte[100];
        return Encoding.UTF8.GetString(text[..RandomAccess.Read(file, text, 0)]);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
