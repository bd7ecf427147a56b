using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>The instruments of one meter, and the managers that its gauges look at: the meter of the process, or one of a host's <see cref="IMeterFactory"/>.</summary>
/// <remarks>Names and units by OpenTelemetry's conventions. What adds up over managers is an up-down counter there, and no gauge.</remarks>
internal sealed class ManagerInstruments
{
    private static readonly ConditionalWeakTable<IMeterFactory, ManagerInstruments> OfFactories = [];
    private static readonly Lazy<ManagerInstruments> OfProcess = new(static () => new ManagerInstruments(new Meter(SharedMemoryManagerTelemetry.MeterName)));

    private readonly List<ManagerTelemetry> _observed = [];

    private ManagerInstruments(Meter meter)
    {
        Created = meter.CreateCounter<long>("shared_memory.created_blocks", "{block}", "Blocks, lists, locks and so on that this process has made through the manager.");
        Released = meter.CreateCounter<long>("shared_memory.released_blocks", "{block}", "Blocks that were unlinked through the manager: early, with a scope, or at the manager's end.");
        Restarts = meter.CreateCounter<long>("shared_memory.server_restarts", "{restart}", "Servers that died and were followed by another.");
        ReclaimedManagers = meter.CreateCounter<long>("shared_memory.reclaimed_managers", "{manager}", "Managers that were found dead, with their server, and cleaned up after.");
        ReclaimedBlocks = meter.CreateCounter<long>("shared_memory.reclaimed_blocks", "{block}", "Blocks of dead managers that were unlinked.");
        meter.CreateObservableUpDownCounter(
            "shared_memory.blocks", () => Observe(static usage => usage.Blocks), "{block}", "Blocks of the manager that exist, made by whatever process.");
        meter.CreateObservableUpDownCounter(
            "shared_memory.usage", () => Observe(static usage => usage.Bytes), "By", "What these blocks take.");
    }

    internal Counter<long> Created { get; }

    internal Counter<long> Released { get; }

    internal Counter<long> Restarts { get; }

    private Counter<long> ReclaimedManagers { get; }

    private Counter<long> ReclaimedBlocks { get; }

    /// <summary>Those of a factory, or of the process where there is none.</summary>
    internal static ManagerInstruments Of(IMeterFactory? factory) =>
        factory is null
            ? OfProcess.Value
            : OfFactories.GetValue(factory, static made => new ManagerInstruments(made.Create(new MeterOptions(SharedMemoryManagerTelemetry.MeterName))));

    /// <summary>What this process has reclaimed by itself, for no manager.</summary>
    internal static void CountReclaimed(ReclaimedNotification what) => OfProcess.Value.Reclaimed(what);

    internal void Reclaimed(ReclaimedNotification what)
    {
        ReclaimedManagers.Add(what.Managers);
        ReclaimedBlocks.Add(what.Blocks);
    }

    internal void Add(ManagerTelemetry manager)
    {
        lock (_observed)
        {
            _observed.Add(manager);
        }
    }

    internal void Remove(ManagerTelemetry manager)
    {
        lock (_observed)
        {
            _observed.Remove(manager);
        }
    }

    private List<Measurement<long>> Observe(Func<(int Blocks, long Bytes), long> part)
    {
        ManagerTelemetry[] managers;
        lock (_observed)
        {
            managers = [.. _observed];
        }

        var measured = new List<Measurement<long>>(managers.Length);
        foreach (ManagerTelemetry manager in managers)
        {
            try
            {
                measured.Add(new Measurement<long>(part(manager.Measure()), manager.Id));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Who cannot look says nothing; the others do.
            }
        }

        return measured;
    }
}
