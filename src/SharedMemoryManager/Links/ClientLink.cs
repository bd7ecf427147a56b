using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>The link of a process that connected to another's manager.</summary>
internal sealed class ClientLink : ManagerLink
{
    private readonly Socket _socket;
    private readonly JsonRpc _rpc;
    private readonly HelloResult _hello;

    internal ClientLink(string address)
    {
        ManagerAddress parsed = ManagerAddress.Parse(address);
        Address = address;
        _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            _socket.Connect(new UnixDomainSocketEndPoint(parsed.SocketPath));
        }
        catch (SocketException e)
        {
            _socket.Dispose();
            throw new SharedMemoryManagerException(
                SharedMemoryManagerError.NotFound, $"No manager answers at {parsed.SocketPath}: {e.Message}.", "", e);
        }

        var stream = new NetworkStream(_socket, ownsSocket: true);
        _rpc = new JsonRpc(new HeaderDelimitedMessageHandler(stream, stream));
        Service = new ManagerServiceProxy(_rpc);
        try
        {
            _hello = Service.HelloAsync(parsed.Token, Environment.ProcessId).Result;
        }
        catch (Exception e) when (e is ConnectionLostException or RemoteInvocationException)
        {
            _rpc.Dispose();
            throw new SharedMemoryManagerException(
                SharedMemoryManagerError.Refused, $"The manager at {parsed.SocketPath} refused: {e.Message}", "", e);
        }
    }

    internal override string Id => _hello.Id;

    internal override int ServerProcessId => _hello.ServerProcessId;

    internal override string Address { get; }

    protected override string Prefix => _hello.Prefix;

    protected override IManagerService Service { get; }

    internal override void ThrowIfEnded()
    {
        base.ThrowIfEnded();
        if (UnixPeer.HasHungUp(_socket))
        {
            throw Explain(new ConnectionLostException("The server hung up."));
        }
    }

    internal override void WaitUntilReady()
    {
        // It said hello.
    }

    protected override void Close()
    {
        try
        {
            Flush();
        }
        catch (ConnectionLostException)
        {
            // The manager ended first, and with it the blocks.
        }

        _rpc.Dispose();
    }

    protected override SharedMemoryManagerException Explain(ConnectionLostException loss) =>
        new(SharedMemoryManagerError.ServerLost, $"The manager {Id} has ended.", "", loss);
}
