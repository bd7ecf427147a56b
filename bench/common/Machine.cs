using System.Globalization;
using System.Runtime.InteropServices;

namespace Multiprocessing.Bench;

/// <summary>Where it was measured, and how busy that was.</summary>
internal static class Machine
{
    /// <summary>Processor, memory, system, runtime, in a line.</summary>
    internal static string Describe() =>
        $"{Processor()}, {Environment.ProcessorCount} processors, {Gibibytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)} GiB; "
        + $"{RuntimeInformation.OSDescription}, kernel {Line("/proc/sys/kernel/osrelease") ?? Environment.OSVersion.VersionString}; .NET {Environment.Version}";

    /// <summary>How many processes wanted a processor, on average over the last minute; empty where nobody says.</summary>
    internal static string Load() => Line("/proc/loadavg")?.Split(' ')[0] ?? "";

    private static string Processor() =>
        Lines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string Gibibytes(long bytes) => (bytes / (double)(1L << 30)).ToString("0", CultureInfo.InvariantCulture);

    private static string? Line(string path) => Lines(path).FirstOrDefault();

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
