using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>
/// Hands out shared memory that is gone when the manager ends: at <see cref="Dispose"/>, and also when this process ends without it,
/// by an exception, a signal or SIGKILL at any instant. What Python's <c>SharedMemoryManager</c> means to be.
/// </summary>
/// <remarks>
/// <para><see cref="Start"/> makes this process the owner: it starts a server process, which lives exactly as long as its owner and then
/// unlinks every block whose name begins with the manager's prefix, <c>psm_ID_</c>. <see cref="Connect"/> joins a manager that another
/// process owns. Both hand out in the same way, without a round trip: the name alone makes a block the server's to unlink.</para>
/// <para>All members may be used by several threads at once.</para>
/// </remarks>
public sealed partial class SharedMemoryManager : SharedMemorySource, IDisposable, IAsyncDisposable
{
    private readonly ManagerLink _link;
    private readonly SharedMemoryManagerOptions _options;

    private SharedMemoryManager(ManagerLink link, SharedMemoryManagerOptions options)
    {
        _link = link;
        _options = options;
        CreatorLog.Current?.Made("manager", link.Id, link.IsOwner ? link.ServerProcessId : 0);
    }

    /// <summary>The manager's id: the names that it hands out begin with <c>psm_ID_</c>.</summary>
    public string Id => _link.Id;

    /// <summary>The process that unlinks when the owner ends.</summary>
    public int ServerProcessId => _link.ServerProcessId;

    /// <summary>
    /// What another process of the same user connects with (<see cref="Connect"/>). Waits until the server listens there. It holds the token:
    /// pass it on by environment (<see cref="ManagerProcessStartInfoExtensions.UseManager"/>), not on a command line.
    /// </summary>
    /// <exception cref="SharedMemoryManagerException">The server did not come up.</exception>
    public string Address => _link.Address;

    /// <summary>How often a server of this manager has died and been followed by another, as this process has seen it.</summary>
    public int ServerRestarts => _link.ServerRestarts;

    /// <summary>When that was last; null if never.</summary>
    public DateTimeOffset? LastServerRestart => _link.LastServerRestart;

    /// <summary>Begins a scope, which unlinks what it hands out when it is disposed.</summary>
    public SharedMemoryScope BeginScope()
    {
        _link.ThrowIfEnded();
        return new SharedMemoryScope(this);
    }

    /// <summary>The blocks of this manager that exist, made by whatever process, in order of their names.</summary>
    /// <exception cref="SharedMemoryManagerException">The server is gone.</exception>
    public IReadOnlyList<TrackedBlock> ListBlocks() => _link.Call(service => service.ListBlocksAsync().Result);

    /// <inheritdoc cref="ListBlocks"/>
    public Task<IReadOnlyList<TrackedBlock>> ListBlocksAsync(CancellationToken cancellationToken = default) =>
        Task.Run(ListBlocks, cancellationToken).WaitAsync(cancellationToken);

    /// <summary>Unlinks one block early. Who has it mapped keeps it.</summary>
    /// <exception cref="ArgumentException">The name is not one of this manager's.</exception>
    /// <exception cref="FileNotFoundException">There is no such block, or no more.</exception>
    public void Release(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        _link.ThrowIfEnded();
        if (!name.StartsWith(ManagerNames.Prefix(Id), StringComparison.Ordinal))
        {
            if (new AdoptedBlocks(ManagerNames.Prefix(Id)).TryRelease(name))
            {
                return;
            }

            throw new ArgumentException($"'{name}' is not a block of this manager: its names begin with {ManagerNames.Prefix(Id)}.", nameof(name));
        }

        if (!TryRelease(name))
        {
            // If the manager ended just now, that is why.
            _link.ThrowIfEnded();
            throw new FileNotFoundException($"There is no block '{name}'.", name);
        }
    }

    /// <summary>
    /// Ends the manager: the server unlinks all its blocks and ends, and this waits for it. It does not stop at a block that cannot be
    /// unlinked. A process that only connected just leaves. A second call does nothing.
    /// </summary>
    /// <returns>What was removed and what was not.</returns>
    public SharedMemoryShutdownReport Shutdown()
    {
        if (_link.IsClosed)
        {
            return ReportOf(_link);
        }

        using ManagerActivity? activity = ManagerActivity.Start("SharedMemoryManager.Shutdown");
        activity?.TagManager(Id, ServerProcessId);
        _link.Dispose();
        SharedMemoryShutdownReport report = ReportOf(_link);
        activity?.Tag("shared_memory.removed_blocks", report.Removed);
        activity?.Tag("shared_memory.not_removed", report.NotRemoved.Count);
        return report;
    }

    /// <inheritdoc cref="Shutdown"/>
    public Task<SharedMemoryShutdownReport> ShutdownAsync() => Task.Run(Shutdown);

    /// <summary><see cref="Shutdown"/>; what could not be removed is logged.</summary>
    public void Dispose()
    {
        SharedMemoryShutdownReport report = Shutdown();
        if (report.NotRemoved.Count > 0)
        {
            LogNotRemoved(_options.Logger, Id, string.Join("; ", report.NotRemoved));
        }
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync() => new(Task.Run(Dispose));

    /// <summary>
    /// Cleans up after managers of this user whose owner and server were both killed: blocks, sockets, leases. Each <see cref="Start"/> does the
    /// same in its server, so this is for who wants it now, or wants to know. Living managers, stopped ones included, are never touched.
    /// </summary>
    /// <returns>What was found, and removed, in no order; nothing if somebody else was quicker.</returns>
    public static IReadOnlyList<ReclaimedManager> Reclaim()
    {
        using ManagerActivity? activity = ManagerActivity.Start("SharedMemoryManager.Reclaim");
        IReadOnlyList<ReclaimedManager> reclaimed = Reclaimer.Run();
        if (reclaimed.Count > 0 && SharedMemoryManagerTelemetry.MayBeHeard)
        {
            ReclaimedNotification what = ReclaimedNotification.Of(reclaimed);
            activity?.Tag("shared_memory.reclaimed_managers", what.Managers);
            activity?.Tag("shared_memory.reclaimed_blocks", what.Blocks);
            ManagerInstruments.CountReclaimed(what);
        }

        return reclaimed;
    }

    /// <inheritdoc/>
    public override string ToString() => $"SharedMemoryManager('{Id}', server={ServerProcessId})";

    /// <summary>For tests: leaves all as if this process had died now.</summary>
    internal void Abandon() => _link.Abandon();

    /// <summary>Has the server answer, and says how many blocks the manager has, and their bytes.</summary>
    internal (int Blocks, long Bytes) AskAndMeasure()
    {
        if (!BlockBackend.Current.CanList)
        {
            IReadOnlyList<TrackedBlock> blocks = ListBlocks();
            return (blocks.Count, blocks.Sum(static block => block.Size));
        }

        Ping();
        return new BlockTable(ManagerNames.Prefix(Id)).Measure();
    }

    private static SharedMemoryShutdownReport ReportOf(ManagerLink link) => (link as OwnerLink)?.Report ?? SharedMemoryShutdownReport.Nothing;

    internal void Ping() => _link.Call(service => service.PingAsync().IsCompleted);

    /// <summary>Unlinks a block of this manager's; false if it is gone already.</summary>
    internal bool TryRelease(string name)
    {
        bool unlinked = SharedMemory.TryUnlink(name);
        _link.Released(name);
        if (unlinked)
        {
            _link.Telemetry?.Released(1);
        }

        return unlinked;
    }

    private protected override T Make<T>(Func<string, SharedMemoryOptions, T> create)
    {
        _link.ThrowIfEnded();
        while (true)
        {
            string name = _link.NextName();
            _link.Announce(name);
            try
            {
                return Track(create(name, _options.Blocks), name);
            }
            catch (SharedMemoryExistsException e) when (e.Name == name)
            {
                // Only somebody who wants to annoy us makes names with our id: take the next.
            }
            catch
            {
                // Whatever was made of it, if anything, nobody gets.
                TryRelease(name);
                throw;
            }
        }
    }

    /// <summary>Tells of what was made, unless the manager has ended meanwhile.</summary>
    private T Track<T>(T made, string name)
        where T : ISharedStructure
    {
        ThrowUnlessNamed(made, name);
        try
        {
            _link.Created(new TrackedBlock(name, made.Kind, made.Block.Size, Environment.ProcessId, DateTimeOffset.UtcNow));
            _link.ThrowIfEnded();
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    [LoggerMessage(4, LogLevel.Error, "Shared memory manager {Id} could not remove {NotRemoved}.")]
    private static partial void LogNotRemoved(ILogger logger, string id, string notRemoved);
}
