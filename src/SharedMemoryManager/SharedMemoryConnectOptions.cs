using System.Diagnostics.Metrics;

namespace Multiprocessing;

/// <summary>How a process joins another's manager.</summary>
public sealed record SharedMemoryConnectOptions
{
    internal static readonly SharedMemoryConnectOptions Default = new();

    /// <summary>
    /// Whether the blocks that this process makes are unlinked when its connection ends: when it is disposed, or when the process dies, however.
    /// Default: they stay until the manager ends.
    /// </summary>
    public bool ReleaseOnDeath { get; init; }

    /// <inheritdoc cref="SharedMemoryManagerOptions.MeterFactory"/>
    public IMeterFactory? MeterFactory { get; init; }
}
