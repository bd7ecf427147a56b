using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>The link of a process that connected to another's manager. It connects again when a server dies and the owner starts the next.</summary>
/// <remarks>
/// How it tells a server that was killed from a manager that has ended: the former leaves its socket, where nobody listens until the next server does, and the
/// latter takes it away.
/// </remarks>
internal sealed class ClientLink : ManagerLink
{
    /// <summary>How long to wait for a server to follow one that died: it takes a runtime's start, on a machine that may be busy.</summary>
    private static readonly TimeSpan SuccessorPatience = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How often a connection that was lost before it was answered is tried again: its server died just then, or a busy machine let this process
    /// come to its hello when the server's patience was at its end. Who is not let in because of his user is lost in the same way, but each time.
    /// </summary>
    private const int HelloAttempts = 5;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(10);

    private readonly ManagerAddress _address;
    private readonly SharedMemoryConnectOptions _options;
    private readonly object _state = new();
    private Connection _connection;

    internal ClientLink(string address, SharedMemoryConnectOptions options)
    {
        _address = ManagerAddress.Parse(address);
        _options = options;
        try
        {
            _connection = ConnectFirst();
        }
        catch (SocketException e)
        {
            throw new SharedMemoryManagerException(
                SharedMemoryManagerError.NotFound, $"No manager answers at {_address.SocketPath}: {e.Message}.", "", e);
        }
        catch (Exception e) when (e is ConnectionLostException or RemoteInvocationException)
        {
            throw new SharedMemoryManagerException(
                SharedMemoryManagerError.Refused, $"The manager at {_address.SocketPath} refused: {e.Message}", "", e);
        }

        Id = _connection.Hello.Id;
        Prefix = _connection.Hello.Prefix;
        Blocks = new BlockTable(Prefix);
        if (SharedMemoryManagerTelemetry.MayBeHeard)
        {
            BeginTelemetry();
        }

        new Thread(Watch, 256 * 1024) { IsBackground = true, Name = "SharedMemoryManager watch" }.UnsafeStart();
    }

    internal override string Id { get; }

    internal override int ServerProcessId => Server.Hello.ServerProcessId;

    internal override string Address => _address.ToString();

    protected override string Prefix { get; }

    protected override BlockTable Blocks { get; }

    protected override ManagerConnection Current => Server;

    private Connection Server
    {
        get
        {
            lock (_state)
            {
                return _connection;
            }
        }
    }

    internal override void ThrowIfEnded()
    {
        base.ThrowIfEnded();
        Connection connection = Server;
        if (UnixPeer.HasHungUp(connection.Socket))
        {
            // The server's death is nothing to a block that is there: the next one adopts it. The manager's end is.
            Recover(connection, new ConnectionLostException("The server hung up."));
            base.ThrowIfEnded();
        }
    }

    protected override void Close()
    {
        Connection connection = Server;
        try
        {
            // Answered after what was told: who waits for this process to end finds it listed.
            Flush(connection.Service);
            connection.Service.PingAsync().Wait();
        }
        catch (ConnectionLostException)
        {
            // The manager ended first, and with it the blocks; or the next server finds them.
        }

        connection.Dispose();
    }

    protected override ManagerTelemetry MakeTelemetry() => new(_options.MeterFactory, Id, null);

    protected override void Drop() => Server.Dispose();

    /// <summary>The thread that notices at once when the server dies, and finds the next.</summary>
    private void Watch()
    {
        while (!IsClosed && Broken is null)
        {
            Connection connection = Server;
            UnixPeer.WaitForHangUp(connection.Socket);
            if (!IsClosed)
            {
                Recover(connection, new ConnectionLostException("The server hung up."));
            }
        }
    }

    protected override void Recover(ManagerConnection lost, ConnectionLostException loss)
    {
        lock (_state)
        {
            if (_connection != lost || Broken is not null || IsClosed)
            {
                return;
            }

            if (Reconnect() is Connection next)
            {
                _connection.Dispose();
                _connection = next;
                CountRestart();
            }
            else
            {
                Break(new SharedMemoryManagerException(SharedMemoryManagerError.ServerLost, $"The manager {Id} has ended.", "", loss));
                return;
            }
        }

        TellAgain();
    }

    /// <summary>Connects to the server that follows; null if none does.</summary>
    private Connection? Reconnect()
    {
        long deadline = Environment.TickCount64 + (long)SuccessorPatience.TotalMilliseconds;
        while (Environment.TickCount64 < deadline && !IsClosed && File.Exists(_address.SocketPath) && IsHeld(ManagerNames.Lease(Id)))
        {
            try
            {
                Connection next = Connect(Prefix);
                if (next.Hello.Id == Id)
                {
                    return next;
                }

                // Another manager at the same address.
                next.Dispose();
                return null;
            }
            catch (Exception e) when (e is SocketException or ConnectionLostException)
            {
                // Not up yet, or about to end.
                Thread.Sleep(RetryInterval);
            }
            catch (RemoteInvocationException)
            {
                return null;
            }
        }

        return null;
    }

    private Connection ConnectFirst()
    {
        long deadline = Environment.TickCount64 + (long)SuccessorPatience.TotalMilliseconds;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return Connect(null);
            }
            catch (SocketException) when (Environment.TickCount64 < deadline && IsServed())
            {
                // Between two servers. How often that is seen says nothing.
                attempt--;
            }
            catch (ConnectionLostException) when (attempt < HelloAttempts)
            {
                // A refusal would have been an answer.
            }

            Thread.Sleep(RetryInterval);
        }
    }

    /// <summary>Whether the socket is there, and somebody holds the manager's lease, who will see to a server that listens.</summary>
    private bool IsServed()
    {
        string? id = Path.GetFileName(Path.GetDirectoryName(_address.SocketPath));
        if (!File.Exists(_address.SocketPath) || id is null || !id.StartsWith(BlockName.Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        return IsHeld(ManagerNames.Lease(id[BlockName.Prefix.Length..]));
    }

    /// <summary>Whether somebody holds that lease. If nobody does, owner and server are dead both.</summary>
    private static bool IsHeld(string lease)
    {
        using LeaseFile? won = LeaseFile.TryWin(lease);
        return won is null && LeaseFile.Exists(lease);
    }

    private Connection Connect(string? prefix)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(_address.SocketPath));
            var stream = new NetworkStream(socket, ownsSocket: true);
            var rpc = new JsonRpc(new HeaderDelimitedMessageHandler(stream, stream));
            var service = new ManagerServiceProxy(rpc);
            HelloResult hello = service.HelloAsync(_address.Token, Environment.ProcessId, prefix, _options.ReleaseOnDeath).Result;
            return new Connection(socket, rpc, service, hello);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private sealed class Connection(Socket socket, JsonRpc rpc, IManagerService service, HelloResult hello) : ManagerConnection
    {
        internal Socket Socket => socket;

        internal HelloResult Hello => hello;

        internal override IManagerService Service => service;

        internal override JsonRpc Rpc => rpc;

        // It said hello.
        internal override string? WaitUntilUp() => null;

        public override void Dispose()
        {
            UnixPeer.HangUp(socket);
            rpc.Dispose();
        }
    }
}
