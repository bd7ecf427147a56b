using System.Globalization;
using System.Runtime.InteropServices;

namespace Multiprocessing.Bench;

/// <summary>Processes, as Linux shows them, and signals.</summary>
internal static partial class Proc
{
    internal const int Kill = 9;
    internal const int Terminate = 15;
    internal const int Continue = 18;
    internal const int Stop = 19;

    /// <summary>
    /// The living processes that were started with this variable in their environment, by whoever. One of which all threads are dead shows none.
    /// </summary>
    internal static List<int> With(string variable) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id > 0 && Has(id, variable)),
    ];

    /// <summary>
    /// Whether all threads of a process are dead. Its first may be a zombie while the kernel still takes others down, and as long as one is there, it holds
    /// what the process held: files, and their locks.
    /// </summary>
    internal static bool IsGone(int processId) => !Tasks(processId).Any(IsAlive);

    internal static string[] Arguments(int processId) =>
        Tasks(processId).Select(task => Strings($"{task}/cmdline")).FirstOrDefault(arguments => arguments.Length > 0) ?? [];

    /// <summary>False when there is no such process. A negative id is that of a process group.</summary>
    internal static bool Send(int processId, int signal) => kill(processId, signal) == 0;

    private static bool Has(int processId, string variable) => Tasks(processId).Any(task => Strings($"{task}/environ").Contains(variable));

    /// <summary>The folders of a process's threads: a dead one shows no environment and no arguments, though another may live.</summary>
    private static string[] Tasks(int processId)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/task");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool IsAlive(string task)
    {
        // "PID (NAME) STATE …", and a name may hold anything.
        string stat = string.Concat(Strings($"{task}/stat"));
        return stat.LastIndexOf(')') is >= 0 and int end && stat[end + 2] is not ('Z' or 'X');
    }

    private static string[] Strings(string path)
    {
        try
        {
            return File.ReadAllText(path).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has just ended, or is somebody else's.
            return [];
        }
    }

    [LibraryImport("libc")]
    private static partial int kill(int processId, int signal);
}
