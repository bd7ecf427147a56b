using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Multiprocessing;

/// <summary>Whether a host's manager does its part: its server answers in time, and has not died lately.</summary>
internal sealed class ManagerHealthCheck(HostedManager host, TimeProvider clock, TimeSpan patience, TimeSpan recent) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        HealthStatus failure = context.Registration.FailureStatus;
        if (host.Current is not SharedMemoryManager manager)
        {
            return new HealthCheckResult(failure, "The manager has not been started, or has ended with its host.");
        }

        var data = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["manager"] = manager.Id,
            ["restarts"] = manager.ServerRestarts,
        };
        if (BlockBackend.Current.FreeSpace is long free)
        {
            data["free"] = free;
        }

        try
        {
            (int blocks, long bytes) = await host.AskAsync(manager).WaitAsync(patience, clock, cancellationToken).ConfigureAwait(false);
            data["blocks"] = blocks;
            data["bytes"] = bytes;
        }
        catch (TimeoutException e)
        {
            return new HealthCheckResult(failure, $"The server of the manager, process {manager.ServerProcessId}, has not answered within {patience}.", e, data);
        }
        catch (Exception e) when (e is SharedMemoryManagerException or ObjectDisposedException or IOException or UnauthorizedAccessException)
        {
            // Of a server that is lost the message holds the last words.
            return new HealthCheckResult(failure, e.Message, e, data);
        }

        // Asked after the answer: a server that was dead when it was asked has a successor by now.
        data["restarts"] = manager.ServerRestarts;
        data["server"] = manager.ServerProcessId;
        return manager.LastServerRestart is DateTimeOffset last && clock.GetUtcNow() - last < recent
            ? HealthCheckResult.Degraded($"The server of the manager has died, {manager.ServerRestarts} times by now, and the next one has taken over at {last:O}.", null, data)
            : HealthCheckResult.Healthy("The server of the manager answers.", data);
    }
}
