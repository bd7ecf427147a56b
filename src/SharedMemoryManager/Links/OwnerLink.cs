using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>The owner's link: starts the server, talks to it over its standard input and output, starts another if it dies, and ends it.</summary>
/// <remarks>
/// <para>States of a manager: <c>served</c> (a server runs, up or coming up) → its death → <c>served</c> by the next, or <c>broken</c> if a server does not come
/// up, or five have died within a minute → <c>closed</c>. In each of them what is mapped keeps working.</para>
/// <para>The lease is held by the owner and, through the same open file, by each server from its first instruction on. So it is free only when all of them are dead.</para>
/// </remarks>
internal sealed partial class OwnerLink : ManagerLink
{
    private const int MostDeaths = 5;
    private static readonly TimeSpan DeathWindow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReapPatience = TimeSpan.FromSeconds(1);

    private readonly ServerSettings _settings;
    private readonly SharedMemoryManagerOptions _options;
    private readonly LeaseFile _lease;
    private readonly ServerCommand _command;
    private readonly Queue<long> _deaths = new();

    /// <summary>Guards the changes of <see cref="_server"/>; pulsed at each, and when there will be no more.</summary>
    private readonly object _state = new();
    private ServerConnection _server;

    internal OwnerLink(SharedMemoryManagerOptions options)
    {
        _options = options;
        (_settings, _lease) = Lease(options);
        Prefix = ManagerNames.Prefix(_settings.Id);
        Blocks = new BlockTable(Prefix);
        try
        {
            _command = ServerLauncher.Command(_settings, options.ServerHostPath, _lease);
            _server = new ServerConnection(_command, OnReclaimed);
        }
        catch (Exception e)
        {
            _lease.Remove();
            _lease.Dispose();
            if (e is not IOException)
            {
                throw;
            }

            throw new SharedMemoryManagerException(
                SharedMemoryManagerError.ServerNotStarted, $"The server of the manager could not be started. {e.Message}", "", e);
        }

        // Not before there is a server: a death up to here leaves nothing. And before there is a block: nobody may have to guess whose it is.
        if (!_lease.TryPublish())
        {
            Dispose();
            throw new SharedMemoryManagerException(
                SharedMemoryManagerError.ServerNotStarted, $"The lease of the manager {_settings.Id} could not be given its name.");
        }

        if (SharedMemoryManagerTelemetry.MayBeHeard)
        {
            BeginTelemetry();
        }

        // Unsafe: what it does is no part of what its starter is doing, in a trace say.
        new Thread(Watch, 256 * 1024) { IsBackground = true, Name = "SharedMemoryManager watch" }.UnsafeStart();
        LogStarted(options.Logger, _settings.Id, ServerProcessId);
    }

    internal override string Id => _settings.Id;

    internal override bool IsOwner => true;

    internal override int ServerProcessId => Server.Process.Id;

    internal override string Address
    {
        get
        {
            string? error = Call(_ => Server.WaitUntilUp());

            // Others come now, and what they make is told of here.
            Wake();
            return error is null
                ? _settings.Address.ToString()
                : throw new SharedMemoryManagerException(
                    SharedMemoryManagerError.NoAddress, $"No other process can connect to this manager. {error}");
        }
    }

    internal override PythonEndpoint Python
    {
        get
        {
            PythonEndpoint python = _settings.Python ?? base.Python;
            string? error = Call(_ => Server.PythonError);
            return error is null
                ? python
                : throw new SharedMemoryManagerException(
                    SharedMemoryManagerError.NoAddress, $"No Python can connect to this manager. {error}");
        }
    }

    /// <summary>What the end removed; null before it.</summary>
    internal SharedMemoryShutdownReport? Report { get; private set; }

    protected override string Prefix { get; }

    protected override BlockTable Blocks { get; }

    protected override ManagerConnection Current => Server;

    private ServerConnection Server
    {
        get
        {
            lock (_state)
            {
                return _server;
            }
        }
    }

    protected override void Recover(ManagerConnection lost, ConnectionLostException loss)
    {
        lock (_state)
        {
            // A server that cannot be talked to is of no more use, if it is not dead already; the watch sees to the next.
            ((ServerConnection)lost).Process.Kill();
            while (_server == lost && Broken is null && !IsClosed)
            {
                Monitor.Wait(_state, ReapPatience);
            }
        }
    }

    /// <summary>
    /// Ends the server. One that is up cleans up by itself when its input ends. One that is not yet has nothing to clean up that its owner
    /// cannot: waiting for it would make short programs long.
    /// </summary>
    protected override void Close()
    {
        ServerConnection server;
        lock (_state)
        {
            // From here on there is no next one.
            server = _server;
            Monitor.PulseAll(_state);
        }

        int? exitCode = null;
        if (server.IsUp)
        {
            server.Process.Input.Dispose();
            exitCode = server.Process.WaitForExit(_options.ShutdownTimeout);
        }

        Report = (exitCode == 0 ? server.LastReport() : null) ?? CleanUpInstead(server);
        Telemetry?.Released(Report.Removed);
        LogEnded(_options.Logger, _settings.Id, exitCode ?? -1, Report.Removed);
        server.Dispose();
        _lease.Dispose();
    }

    protected override void Drop()
    {
        ServerConnection server;
        lock (_state)
        {
            // From here on there is no next one.
            server = _server;
            Monitor.PulseAll(_state);
        }

        server.Dispose();
        _lease.Dispose();
    }

    /// <summary>An id of one's own, and the lease that says so.</summary>
    private static (ServerSettings Settings, LeaseFile Lease) Lease(SharedMemoryManagerOptions options)
    {
        string temporary = Path.GetFullPath(options.TemporaryDirectory ?? Path.GetTempPath());
        try
        {
            while (true)
            {
                var settings = ServerSettings.New(temporary, options.GuardNames, options.PythonEndpoint);
                if (ManagerLease.TryPrepare(settings) is LeaseFile lease)
                {
                    return (settings, lease);
                }
            }
        }
        catch (IOException e)
        {
            throw new SharedMemoryManagerException(SharedMemoryManagerError.ServerNotStarted, e.Message, "", e);
        }
    }

    /// <summary>The thread that notices at once when a server dies.</summary>
    private void Watch()
    {
        while (true)
        {
            ServerConnection server = Server;
            server.Process.WaitForDeath();
            lock (_state)
            {
                if (IsClosed || !TryReplace(server))
                {
                    Monitor.PulseAll(_state);
                    return;
                }

                Monitor.PulseAll(_state);
            }

            server.Dispose();
            TellAgain();
        }
    }

    protected override ManagerTelemetry MakeTelemetry() => new(_options.MeterFactory, Id, Blocks);

    private bool TryReplace(ServerConnection dead)
    {
        using ManagerActivity? activity = ManagerActivity.Start("SharedMemoryManager.ServerRestart");
        int? exitCode = dead.Process.WaitForExit(ReapPatience);
        string words = dead.Process.LastWords();
        activity?.TagManager(Id, dead.Process.Id);
        activity?.Tag("shared_memory.server.exit_code", exitCode);
        if (!WasUp(dead) && exitCode >= 0)
        {
            GiveUp(SharedMemoryManagerError.ServerNotStarted, "The server of the manager ended before it was up.", words, activity);
            return false;
        }

        long now = Environment.TickCount64;
        _deaths.Enqueue(now);
        while (now - _deaths.Peek() > DeathWindow.TotalMilliseconds)
        {
            _deaths.Dequeue();
        }

        if (_deaths.Count >= MostDeaths)
        {
            GiveUp(SharedMemoryManagerError.ServerLost, $"The server of the manager died {MostDeaths} times within a minute.", words, activity);
            return false;
        }

        try
        {
            _server = new ServerConnection(_command, OnReclaimed);
        }
        catch (IOException e)
        {
            GiveUp(SharedMemoryManagerError.ServerLost, $"The server of the manager died and could not be started again. {e.Message}", words, activity);
            return false;
        }

        CountRestart();
        BeginTelemetry();
        Telemetry?.Restarted();
        LogRestarted(_options.Logger, _settings.Id, _server.Process.Id, exitCode ?? -1, words);
        return true;
    }

    /// <summary>Whether a dead server has ever been up: what it said is still to be read.</summary>
    private static bool WasUp(ServerConnection dead)
    {
        try
        {
            dead.WaitUntilUp();
            return true;
        }
        catch (ConnectionLostException)
        {
            return false;
        }
    }

    private void GiveUp(SharedMemoryManagerError error, string message, string words, ManagerActivity? activity)
    {
        var broken = new SharedMemoryManagerException(error, message, words);
        Break(broken);
        activity?.Fail(broken);
        LogLost(_options.Logger, _settings.Id, broken);
    }

    private void OnReclaimed(ReclaimedNotification what)
    {
        BeginTelemetry();
        Telemetry?.Reclaimed(what);
        LogReclaimed(_options.Logger, _settings.Id, what.Managers, what.Blocks);
    }

    /// <summary>All that the server would have done, in an order in which a death of this process leaves nothing for long either.</summary>
    private SharedMemoryShutdownReport CleanUpInstead(ServerConnection server)
    {
        (IReadOnlyCollection<string> first, _) = Blocks.UnlinkAll();
        server.Process.Kill();
        server.Process.WaitForExit(_options.ShutdownTimeout);

        // Again: a client may have made a block until the server was gone.
        (IReadOnlyCollection<string> second, IReadOnlyList<string> notUnlinked) = Blocks.UnlinkAll();
        List<string> failures = [.. notUnlinked];
        Remains.RemoveSocket(_settings.Id, _settings.Address.SocketPath, [], failures);
        _settings.Python?.RemoveGivenSocket([], failures);
        if (failures.Count == 0)
        {
            _lease.Remove();
        }

        return new SharedMemoryShutdownReport(first.Union(second).Count(), failures);
    }

    [LoggerMessage(1, LogLevel.Debug, "Shared memory manager {Id} started; its server is process {ServerProcessId}.")]
    private static partial void LogStarted(ILogger logger, string id, int serverProcessId);

    [LoggerMessage(2, LogLevel.Debug, "Shared memory manager {Id} ended; its server's exit code was {ExitCode}; {Removed} blocks were unlinked.")]
    private static partial void LogEnded(ILogger logger, string id, int exitCode, int removed);

    [LoggerMessage(3, LogLevel.Error, "Shared memory manager {Id} has lost its server for good.")]
    private static partial void LogLost(ILogger logger, string id, Exception exception);

    [LoggerMessage(6, LogLevel.Information, "Shared memory manager {Id}: its server has cleaned up after {Managers} dead managers, and unlinked {Blocks} blocks of theirs.")]
    private static partial void LogReclaimed(ILogger logger, string id, int managers, int blocks);

    [LoggerMessage(5, LogLevel.Warning, "Shared memory manager {Id}: its server died with exit code {ExitCode}; process {ServerProcessId} is the next. Last words: {LastWords}")]
    private static partial void LogRestarted(ILogger logger, string id, int serverProcessId, int exitCode, string lastWords);
}
