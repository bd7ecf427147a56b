using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>examples/OpenTelemetry: what a host's manager tells through the OpenTelemetry SDK, and that a host that is killed leaves nothing.</summary>
public sealed class OpenTelemetryTests
{
    private const string Program = "OpenTelemetryExample";

    [Fact]
    public void It_prints_metrics_and_traces_of_blocks_of_a_restart_and_of_the_end() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string[] lines = Example.Lines(Example.Run(Program));
        Assert.Equal(
            [
                "health   Healthy, 5 blocks",
                "metric   shared_memory.created_blocks 5 {block}",
                "metric   shared_memory.blocks 5 {block}",
                "health   Degraded, 1 blocks",
                "metric   shared_memory.created_blocks 5 {block}",
                "metric   shared_memory.released_blocks 4 {block}",
                "metric   shared_memory.server_restarts 1 {restart}",
                "metric   shared_memory.blocks 1 {block}",
                "health   Unhealthy after the end",
                "metric   shared_memory.created_blocks 5 {block}",
                "metric   shared_memory.released_blocks 5 {block}",
                "metric   shared_memory.server_restarts 1 {restart}",
            ],
            lines.Where(static line => !line.StartsWith("trace", StringComparison.Ordinal) && !line.Contains("shared_memory.usage", StringComparison.Ordinal)));
        string[] traces = [.. lines.Where(static line => line.StartsWith("trace", StringComparison.Ordinal))];
        Assert.Equal(
            ["trace    SharedMemoryManager.Start", "trace    SharedMemoryManager.ServerRestart", "trace    SharedMemoryManager.Shutdown"],
            traces.Select(static line => line.Split(',')[0]));
        Assert.All(traces, static line => Assert.Matches(@", Unset, [0-9]+\.[0-9] ms, manager [0-9a-f]{12}$", line));
        Assert.Matches(@"^metric   shared_memory\.usage 1\d{4} By$", lines.First(static line => line.Contains("shared_memory.usage", StringComparison.Ordinal)));
        before.AssertUnchanged();
    });

    [Fact]
    public void A_host_that_is_killed_needs_nothing() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        var start = new ProcessStartInfo(Example.DotnetHost, ["exec", Example.Dll(Program)]) { RedirectStandardOutput = true };
        using (Process process = Process.Start(start)!)
        {
            // It has five blocks then, and is about to kill its server.
            while (process.StandardOutput.ReadLine()?.StartsWith("health", StringComparison.Ordinal) == false)
            {
            }

            process.Kill();
            process.WaitForExit();
        }

        // Owner and server may have been killed both.
        SharedMemoryManager.Reclaim();
        before.AssertUnchanged();
    });
}
