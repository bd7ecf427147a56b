using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Multiprocessing;

/// <summary>Adds the health of a host's manager to the host's.</summary>
public static class SharedMemoryManagerHealthChecksBuilderExtensions
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DefaultRecentRestart = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Adds a check of the manager. Healthy: its server answers. Degraded: it does, but has died lately. Unhealthy: it does not answer in time, or is lost (with its last words), or the
    /// manager was not started. Its data: <c>manager</c> (id), <c>server</c> (process), <c>blocks</c>, <c>bytes</c>, <c>free</c> (bytes that the system has left for blocks), <c>restarts</c>.
    /// </summary>
    /// <param name="builder">From <c>services.AddHealthChecks()</c>.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="key">The key of the manager, if it was added with one.</param>
    /// <param name="failureStatus">What is said instead of unhealthy.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="timeout">How long the server has to answer; 5 seconds by default.</param>
    /// <param name="recentRestart">How long a restart of the server is remembered; 5 minutes by default.</param>
    /// <returns>The same builder.</returns>
    public static IHealthChecksBuilder AddSharedMemoryManager(
        this IHealthChecksBuilder builder,
        string name = "shared_memory_manager",
        string? key = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? timeout = null,
        TimeSpan? recentRestart = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        TimeSpan patience = timeout ?? DefaultTimeout;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(patience, TimeSpan.Zero, nameof(timeout));
        return builder.Add(new HealthCheckRegistration(
            name,
            provider => new ManagerHealthCheck(
                provider.GetRequiredKeyedService<HostedManager>(key ?? Options.DefaultName),
                provider.GetService<TimeProvider>() ?? TimeProvider.System,
                patience,
                recentRestart ?? DefaultRecentRestart),
            failureStatus,
            tags));
    }
}
