using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;

namespace OpenTelemetryExample;

/// <summary>What there is to be seen: blocks that come and go, and a server that dies.</summary>
internal sealed class Worker(SharedMemoryManager manager, HealthCheckService health, MeterProvider metrics, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using (SharedMemoryScope scope = manager.BeginScope())
        {
            for (int i = 1; i <= 4; i++)
            {
                scope.CreateBlock(1024 * i).Dispose();
            }

            manager.CreateList("stays", "until", "the end").Dispose();
            await Look(stoppingToken);
        }

        using (Process server = Process.GetProcessById(manager.ServerProcessId))
        {
            server.Kill();
        }

        while (manager.ServerRestarts == 0)
        {
            await Task.Delay(10, stoppingToken);
        }

        await Look(stoppingToken);
        lifetime.StopApplication();
    }

    private async Task Look(CancellationToken cancellationToken)
    {
        HealthReport report = await health.CheckHealthAsync(cancellationToken);
        Console.WriteLine($"health   {report.Status}, {report.Entries.Values.Single().Data["blocks"]} blocks");
        metrics.ForceFlush();
    }
}
