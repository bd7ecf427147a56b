using System.Diagnostics.Metrics;

namespace Multiprocessing;

/// <summary>What one manager counts in one process, and how its gauges look at it.</summary>
/// <remarks>A block counts where it was made. The gauges, the restarts and what was removed at the end are told by one process, the owner or the server that has none: so sums are right.</remarks>
internal sealed class ManagerTelemetry
{
    private readonly ManagerInstruments _instruments;
    private readonly BlockTable? _blocks;

    /// <param name="factory">Whose meter; null for the process's.</param>
    /// <param name="id">The manager's.</param>
    /// <param name="blocks">What the gauges look at; null if another process looks.</param>
    internal ManagerTelemetry(IMeterFactory? factory, string id, BlockTable? blocks)
    {
        _instruments = ManagerInstruments.Of(factory);
        _blocks = blocks;
        Id = new(SharedMemoryManagerTelemetry.ManagerIdTag, id);
        if (blocks is not null)
        {
            _instruments.Add(this);
        }
    }

    /// <summary>The tag of all that it tells.</summary>
    internal KeyValuePair<string, object?> Id { get; }

    internal void Created() => _instruments.Created.Add(1, Id);

    internal void Released(long blocks) => _instruments.Released.Add(blocks, Id);

    internal void Restarted() => _instruments.Restarts.Add(1, Id);

    internal void Reclaimed(ReclaimedNotification what) => _instruments.Reclaimed(what);

    internal (int Blocks, long Bytes) Measure() => _blocks!.Measure();

    /// <summary>The gauges look no more.</summary>
    internal void End() => _instruments.Remove(this);
}
