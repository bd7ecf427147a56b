using System.Text.Json;

namespace Multiprocessing;

/// <summary>A server process that this owner started, and the talk with it.</summary>
internal sealed class ServerConnection : ManagerConnection
{
    private readonly JsonRpc _rpc;
    private readonly Lock _readiness = new();
    private ReadyNotification? _ready;

    /// <param name="command">How it is started.</param>
    /// <param name="reclaimed">Told when it has cleaned up after the dead.</param>
    internal ServerConnection(ServerCommand command, Action<ReclaimedNotification> reclaimed)
    {
        Process = ServerProcess.Start(command);
        _rpc = new JsonRpc(new HeaderDelimitedMessageHandler(Process.Output, Process.Input))
        {
            Notified = (method, parameters) =>
            {
                if (method == ReclaimedNotification.Method && parameters.Deserialize(ManagerJson.Default.ReclaimedNotification) is ReclaimedNotification what)
                {
                    reclaimed(what);
                }
            },
        };
        Service = new ManagerServiceProxy(_rpc);
    }

    internal ServerProcess Process { get; }

    internal override IManagerService Service { get; }

    internal override JsonRpc Rpc => _rpc;

    /// <summary>Whether it was up when somebody last looked.</summary>
    internal bool IsUp => Volatile.Read(ref _ready) is not null;

    internal override string? WaitUntilUp()
    {
        lock (_readiness)
        {
            // Not a line of JSON is run before the server is up: short programs end without it.
            _ready ??= _rpc.WaitForNotification("ready").Deserialize(ManagerJson.Default.ReadyNotification)!;
            return _ready.Error;
        }
    }

    /// <summary>Why no stock Python can connect, once the server is up; null when one can, or is not meant to.</summary>
    internal string? PythonError
    {
        get
        {
            WaitUntilUp();
            return _ready!.PythonError;
        }
    }

    /// <summary>What the server says at its end; null if it had no time to.</summary>
    internal SharedMemoryShutdownReport? LastReport()
    {
        try
        {
            return _rpc.WaitForNotification("ended").Deserialize(ManagerJson.Default.SharedMemoryShutdownReport);
        }
        catch (ConnectionLostException)
        {
            return null;
        }
    }

    public override void Dispose()
    {
        _rpc.Dispose();
        Process.Dispose();
    }
}
