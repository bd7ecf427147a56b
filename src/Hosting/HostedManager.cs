using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Multiprocessing;

/// <summary>The manager of a host. It is there before the first hosted service starts, and until after the last has stopped, in whatever order they were registered.</summary>
/// <remarks>
/// Who asks for it earlier, the constructor of a hosted service say, gets it then: a start returns at once anyway. What is left for the host's start is to wait until the server answers,
/// so that a server that does not come up fails the host, and not its first user.
/// </remarks>
internal sealed partial class HostedManager : IHostedLifecycleService, IAsyncDisposable, IDisposable
{
    private readonly SharedMemoryManagerHostingOptions _options;
    private readonly ILogger _logger;
    private readonly IMeterFactory? _meters;
    private readonly Lock _lock = new();
    private SharedMemoryManager? _manager;
    private Task<(int Blocks, long Bytes)>? _question;
    private bool _ended;

    /// <exception cref="OptionsValidationException">The options ask for what cannot be.</exception>
    internal HostedManager(SharedMemoryManagerHostingOptions options, ILoggerFactory? loggers, IMeterFactory? meters)
    {
        _options = options;
        _logger = loggers?.CreateLogger<SharedMemoryManager>() ?? NullLogger<SharedMemoryManager>.Instance;
        _meters = meters;
    }

    /// <summary>The manager, if it was asked for or the host has started; null too when it has ended.</summary>
    internal SharedMemoryManager? Current
    {
        get
        {
            lock (_lock)
            {
                return _ended ? null : _manager;
            }
        }
    }

    /// <summary>The manager, which is started or connected to if nobody has yet.</summary>
    /// <exception cref="ObjectDisposedException">The host has stopped.</exception>
    /// <exception cref="SharedMemoryManagerException">It could not be.</exception>
    internal SharedMemoryManager Get()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_ended, typeof(SharedMemoryManager));
            return _manager ??= _options.Connects
                ? SharedMemoryManager.Connect(_options.AddressToUse, new() { ReleaseOnDeath = _options.ReleaseOnDeath, MeterFactory = _meters })
                : SharedMemoryManager.Start(_options.ToManagerOptions() with { Logger = _logger, MeterFactory = _meters });
        }
    }

    /// <summary>Asks the server, of whom only one question at a time is open: one that does not answer costs one thread, however often it is asked.</summary>
    internal Task<(int Blocks, long Bytes)> AskAsync(SharedMemoryManager manager)
    {
        lock (_lock)
        {
            if (_question is null || _question.IsCompleted)
            {
                _question = Task.Run(manager.AskAndMeasure);
            }

            return _question;
        }
    }

    /// <exception cref="TimeoutException">The server has not answered in time.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            SharedMemoryManager manager = await Task.Run(StartAndAsk, CancellationToken.None).WaitAsync(_options.StartTimeout, cancellationToken).ConfigureAwait(false);
            LogReady(manager.Id, manager.ServerProcessId);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The server of the shared memory manager has not answered within {_options.StartTimeout}.", e);
        }
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (End() is not SharedMemoryManager manager)
        {
            return;
        }

        SharedMemoryShutdownReport report = await manager.ShutdownAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        if (report.NotRemoved.Count == 0)
        {
            LogEnded(manager.Id, report.Removed);
        }
        else
        {
            LogNotRemoved(manager.Id, report.Removed, string.Join("; ", report.NotRemoved));
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>For a host that was not stopped, or whose start has failed.</summary>
    public void Dispose() => End()?.Dispose();

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync() => End()?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Nobody gets it any more; null if it has ended, or never was.</summary>
    private SharedMemoryManager? End()
    {
        lock (_lock)
        {
            SharedMemoryManager? manager = _ended ? null : _manager;
            _ended = true;
            return manager;
        }
    }

    private SharedMemoryManager StartAndAsk()
    {
        SharedMemoryManager manager = Get();
        manager.Ping();
        try
        {
            _ = manager.Address;
        }
        catch (SharedMemoryManagerException e) when (e.Error == SharedMemoryManagerError.NoAddress)
        {
            // Who works alone does not need one, and whose workers do, finds out here and not from them.
            LogNoAddress(manager.Id, e.Message);
        }

        return manager;
    }

    [LoggerMessage(20, LogLevel.Information, "Shared memory manager {Id} is ready; its server is process {ServerProcessId}.")]
    private partial void LogReady(string id, int serverProcessId);

    [LoggerMessage(21, LogLevel.Information, "Shared memory manager {Id} has ended with the host; {Removed} blocks were unlinked.")]
    private partial void LogEnded(string id, int removed);

    [LoggerMessage(22, LogLevel.Warning, "Shared memory manager {Id} has ended with the host; {Removed} blocks were unlinked, and these were not: {NotRemoved}")]
    private partial void LogNotRemoved(string id, int removed, string notRemoved);

    [LoggerMessage(23, LogLevel.Warning, "Shared memory manager {Id} works for this process alone. {Reason}")]
    private partial void LogNoAddress(string id, string reason);
}
