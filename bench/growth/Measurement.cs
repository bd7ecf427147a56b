using System.Diagnostics;
using System.Globalization;

/// <summary>What so many blocks of 64 bytes under one manager cost, per block: microseconds, and bytes of the server's memory.</summary>
internal sealed record Measurement(int Blocks, double Create, double List, double Shutdown, double ServerBytes)
{
    internal static Measurement Take(int blocks)
    {
        using var manager = SharedMemoryManager.Start(new() { ShutdownTimeout = TimeSpan.FromMinutes(5) });
        manager.ListBlocks();
        long memoryBefore = ResidentBytes(manager.ServerProcessId);

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < blocks; i++)
        {
            // The mapping goes and the block stays: a process has no more than vm.max_map_count mappings, 65,530 by default.
            manager.CreateBlock(64).Dispose();
        }

        double create = Stopwatch.GetElapsedTime(start).TotalMicroseconds / blocks;

        start = Stopwatch.GetTimestamp();
        int listed = manager.ListBlocks().Count;
        double list = Stopwatch.GetElapsedTime(start).TotalMicroseconds / blocks;
        long memory = ResidentBytes(manager.ServerProcessId) - memoryBefore;

        start = Stopwatch.GetTimestamp();
        SharedMemoryShutdownReport report = manager.Shutdown();
        double shutdown = Stopwatch.GetElapsedTime(start).TotalMicroseconds / blocks;
        return listed == blocks && report.Removed == blocks
            ? new Measurement(blocks, create, list, shutdown, (double)memory / blocks)
            : throw new InvalidOperationException($"{blocks} were made, {listed} listed, {report.Removed} removed.");
    }

    private static long ResidentBytes(int pid) =>
        long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
