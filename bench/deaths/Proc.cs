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
    /// The living processes that were started with this variable in their environment, by whoever. One that waits to be reaped shows none.
    /// </summary>
    internal static List<int> With(string variable) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id > 0 && Has(id, variable)),
    ];

    internal static bool Has(int processId, string variable) => Strings(processId, "environ").Contains(variable);

    internal static string[] Arguments(int processId) => Strings(processId, "cmdline");

    /// <summary>False when there is no such process. A negative id is that of a process group.</summary>
    internal static bool Send(int processId, int signal) => kill(processId, signal) == 0;

    private static string[] Strings(int processId, string file)
    {
        try
        {
            string path = $"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/{file}";
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
