using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>The owner's link: starts the server, talks to it over its standard input and output, and ends it.</summary>
internal sealed partial class OwnerLink : ManagerLink
{
    private readonly ServerSettings _settings;
    private readonly SharedMemoryManagerOptions _options;
    private readonly ServerProcess _server;
    private readonly JsonRpc _rpc;
    private readonly BlockTable _blocks;
    private readonly Lock _readiness = new();
    private ReadyNotification? _ready;

    internal OwnerLink(SharedMemoryManagerOptions options)
    {
        _options = options;
        _settings = ServerSettings.New(Path.GetFullPath(options.TemporaryDirectory ?? Path.GetTempPath()));
        Prefix = ManagerNames.Prefix(_settings.Id);
        _blocks = new BlockTable(Prefix);
        try
        {
            _server = ServerProcess.Start(ServerLauncher.Command(_settings, options.ServerHostPath));
        }
        catch (IOException e)
        {
            throw new SharedMemoryManagerException(
                SharedMemoryManagerError.ServerNotStarted, $"The server of the manager could not be started. {e.Message}", "", e);
        }

        _rpc = new JsonRpc(new HeaderDelimitedMessageHandler(_server.Output, _server.Input));
        Service = new ManagerServiceProxy(_rpc);
        LogStarted(options.Logger, _settings.Id, _server.Id);
    }

    internal override string Id => _settings.Id;

    internal override int ServerProcessId => _server.Id;

    internal override string Address
    {
        get
        {
            Call(_ => true);
            return _ready!.Error is null
                ? _settings.Address.ToString()
                : throw new SharedMemoryManagerException(
                    SharedMemoryManagerError.NoAddress, $"No other process can connect to this manager. {_ready.Error}");
        }
    }

    protected override string Prefix { get; }

    protected override IManagerService Service { get; }

    internal override void Created(TrackedBlock block)
    {
        _blocks.Add(block);
        base.Created(block);
    }

    internal override void Released(string name)
    {
        _blocks.Remove(name);
        base.Released(name);
    }

    internal override void WaitUntilReady()
    {
        lock (_readiness)
        {
            // Not a line of JSON is run before the server is up: short programs end without it.
            _ready ??= _rpc.WaitForNotification("ready").Deserialize(ManagerJson.Default.ReadyNotification)!;
        }
    }

    /// <summary>
    /// Ends the server. One that is up cleans up by itself when its input ends. One that is not yet has nothing to clean up that its owner
    /// cannot: waiting for it would make short programs long.
    /// </summary>
    protected override void Close()
    {
        bool isUp = Volatile.Read(ref _ready) is not null;
        if (isUp)
        {
            _server.Input.Dispose();
        }

        int? exitCode = isUp ? _server.WaitForExit(_options.ShutdownTimeout) : null;
        IReadOnlyList<string> failures = exitCode == 0 ? [] : CleanUpInstead();
        LogEnded(_options.Logger, _settings.Id, exitCode ?? -1);
        string words = failures.Count == 0 ? "" : _server.LastWords();
        _rpc.Dispose();
        _server.Dispose();
        if (failures.Count > 0)
        {
            throw new SharedMemoryManagerException(
                SharedMemoryManagerError.NotUnlinked, $"Could not unlink {string.Join("; ", failures)}.", words);
        }
    }

    protected override SharedMemoryManagerException Explain(ConnectionLostException loss)
    {
        // It is about to end, or it would not have closed its output: its words are complete when it has.
        _server.WaitForExit(TimeSpan.FromSeconds(1));
        var explained = Volatile.Read(ref _ready) is null
            ? new SharedMemoryManagerException(
                SharedMemoryManagerError.ServerNotStarted, "The server of the manager ended before it was up.", _server.LastWords(), loss)
            : new SharedMemoryManagerException(
                SharedMemoryManagerError.ServerLost, "The server of the manager is gone.", _server.LastWords(), loss);
        LogLost(_options.Logger, _settings.Id, explained);
        return explained;
    }

    /// <summary>All that the server would have done, in an order in which a death of this process leaves no block either.</summary>
    private IReadOnlyList<string> CleanUpInstead()
    {
        _blocks.UnlinkAll();
        _server.Kill();
        _server.WaitForExit(_options.ShutdownTimeout);

        // Again: a client may have made a block until the server was gone.
        IReadOnlyList<string> failures = _blocks.UnlinkAll();
        try
        {
            if (Directory.Exists(_settings.SocketDirectory))
            {
                Directory.Delete(_settings.SocketDirectory, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [.. failures, $"{_settings.SocketDirectory}: {e.Message}"];
        }

        return failures;
    }

    [LoggerMessage(1, LogLevel.Debug, "Shared memory manager {Id} started; its server is process {ServerProcessId}.")]
    private static partial void LogStarted(ILogger logger, string id, int serverProcessId);

    [LoggerMessage(2, LogLevel.Debug, "Shared memory manager {Id} ended; its server's exit code was {ExitCode}.")]
    private static partial void LogEnded(ILogger logger, string id, int exitCode);

    [LoggerMessage(3, LogLevel.Error, "Shared memory manager {Id} has lost its server.")]
    private static partial void LogLost(ILogger logger, string id, Exception exception);
}
