using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>
/// The server's ear for processes other than its owner: a Unix domain socket in a folder that only this user can enter. Each
/// connection is served on a thread of its own, so that a slow one delays nobody.
/// </summary>
/// <remarks>
/// A peer of another user is turned away before a byte of it is read. So is one that has not said hello in time, however busily it talks or however slowly it
/// reads; and until then no long message is taken from it.
/// </remarks>
internal sealed class ClientListener(ServerSettings settings, BlockTable blocks, ObjectStore objects) : IDisposable
{
    private const int Backlog = 512;
    private const int SessionStackBytes = 256 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The longest message, in bytes, of one who has not said hello.</summary>
    private const int LongestHello = 64 * 1024;

    private static readonly TimeSpan HelloPatience = TimeSpan.FromSeconds(5);

    private readonly HashSet<Socket> _sessions = [];
    private readonly Lock _lock = new();
    private Socket? _listener;
    private bool _closed;

    /// <summary>What it is part of if the server has no owner.</summary>
    internal StandaloneServer? Standalone { get; init; }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="IOException">The folder or the socket could not be made.</exception>
    internal void Open()
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(settings.SocketDirectory);
            }
            else
            {
                Directory.CreateDirectory(settings.SocketDirectory, OwnerOnly);
            }

            _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            // Made apart and moved into its place, over that of a server that was killed: no client must find nothing there, as that is how it
            // knows that the manager has ended.
            string made = $"{settings.Address.SocketPath}.{Environment.ProcessId}";
            _listener.Bind(new UnixDomainSocketEndPoint(made));
            _listener.Listen(Backlog);
            File.Move(made, settings.Address.SocketPath, overwrite: true);
        }
        catch (Exception e) when (e is SocketException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException($"Could not listen at {settings.Address.SocketPath}: {e.Message}", e);
        }

        new Thread(Accept) { IsBackground = true, Name = "accept" }.Start();
    }

    /// <summary>
    /// Turns everybody away. Afterwards no client believes in this manager: one that makes a block still sees its connection closed before it
    /// hands the block out, finds nobody to connect to, and unlinks it itself. (The listening socket goes at the very end: who is in its queue until then is
    /// turned away.)
    /// </summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (Socket session in _sessions)
            {
                UnixPeer.HangUp(session);
            }
        }
    }

    /// <summary>The very end, after which the process may go on to do something else.</summary>
    internal void Close() => _listener?.Dispose();

    private void Accept()
    {
        while (true)
        {
            Socket session;
            try
            {
                session = _listener!.Accept();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (Volatile.Read(ref _closed))
                {
                    return;
                }

                // Out of descriptors, or a peer that was gone at once: neither may end the manager.
                Console.Error.WriteLine($"accept: {e.Message}");
                Thread.Sleep(100);
                continue;
            }

            lock (_lock)
            {
                if (_closed || !UnixPeer.IsSameUser(session))
                {
                    session.Dispose();
                    continue;
                }

                _sessions.Add(session);
            }

            try
            {
                new Thread(() => Serve(session), SessionStackBytes) { IsBackground = true, Name = "client" }.Start();
            }
            catch (OutOfMemoryException e)
            {
                // No thread is to be had. Who is hung up on tries again.
                Console.Error.WriteLine($"accept: {e.Message}");
                End(session);
            }
        }
    }

    private void Serve(Socket session)
    {
        bool isClient = false;
        using var stream = new ClientStream(session, HelloPatience);
        var input = new MessageInput(stream) { LongestMessage = LongestHello };
        var service = new ManagerService(settings, blocks, isOwner: false)
        {
            Trusted = () =>
            {
                stream.Trust();
                input.LongestMessage = MessageInput.MostBytes;
                if (!isClient)
                {
                    isClient = true;
                    Standalone?.ClientCame();
                }
            },
        };
        var objectSession = new ObjectSession(objects, isOwner: false, service.ThrowIfNotTrusted);
        try
        {
            using var rpc = new JsonRpc(new EitherMessageHandler(input, stream));
            rpc.Listen(ShutdownMethod.AddTo(objectSession.AddTo(ManagerServiceMethods.Of(service)), Standalone, service.ThrowIfNotTrusted));
        }
        catch (ConnectionLostException)
        {
            // Ended in the middle of a word, or turned away: the same as any other end.
        }
        catch (Exception e)
        {
            // Not foreseen; and whatever it is, it is one client's, and must not be the end of all.
            Console.Error.WriteLine($"client: {e}");
        }

        Release(service);
        End(session);
        if (isClient)
        {
            Standalone?.ClientWent();
        }

        objectSession.Dispose();
    }

    private void Release(ManagerService service)
    {
        try
        {
            if (service.Session is { ReleaseOnEnd: true } client)
            {
                blocks.UnlinkAll(client.Prefix);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Out of descriptors, say. They go at the manager's end.
            Console.Error.WriteLine($"client: {e.Message}");
        }
    }

    private void End(Socket session)
    {
        lock (_lock)
        {
            _sessions.Remove(session);
            session.Dispose();
        }
    }
}
