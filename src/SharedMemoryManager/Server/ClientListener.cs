using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>
/// The server's ear for processes other than its owner: a Unix domain socket in a folder that only this user can enter. Each
/// connection is served on a thread of its own, so that a slow one delays nobody.
/// </summary>
/// <remarks>
/// A peer of another user is turned away before a byte of it is read. One that does not say hello in time is turned away too.
/// </remarks>
internal sealed class ClientListener(ServerSettings settings, BlockTable blocks) : IDisposable
{
    private const int Backlog = 512;
    private const int SessionStackBytes = 256 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly TimeSpan HelloPatience = TimeSpan.FromSeconds(5);

    private readonly HashSet<Socket> _sessions = [];
    private readonly Lock _lock = new();
    private Socket? _listener;
    private bool _closed;
    private int _lastClient;

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
            _listener.Bind(new UnixDomainSocketEndPoint(settings.Address.SocketPath));
            _listener.Listen(Backlog);
        }
        catch (Exception e) when (e is SocketException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException($"Could not listen at {settings.Address.SocketPath}: {e.Message}", e);
        }

        new Thread(Accept) { IsBackground = true, Name = "accept" }.Start();
    }

    /// <summary>
    /// Turns everybody away, and takes the socket and its folder away. Afterwards no client believes in this manager: one that makes a
    /// block still sees its connection closed before it hands the block out, and unlinks it itself.
    /// </summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (Socket session in _sessions)
            {
                Hangup(session);
            }
        }

        _listener?.Dispose();

        try
        {
            Directory.Delete(settings.SocketDirectory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was never made, or somebody cleans his folder of temporary files.
        }
    }

    private static void Hangup(Socket session)
    {
        try
        {
            session.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The peer was quicker.
        }
    }

    private void Accept()
    {
        while (true)
        {
            Socket session;
            try
            {
                session = _listener!.Accept();
            }
            catch (Exception e) when (_closed && e is SocketException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
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

            new Thread(() => Serve(session), SessionStackBytes) { IsBackground = true, Name = "client" }.Start();
        }
    }

    private void Serve(Socket session)
    {
        try
        {
            session.ReceiveTimeout = (int)HelloPatience.TotalMilliseconds;
            var service = new ManagerService(settings, blocks, () => Interlocked.Increment(ref _lastClient))
            {
                Trusted = () => session.ReceiveTimeout = 0,
            };
            using var stream = new NetworkStream(session, ownsSocket: false);
            using var rpc = new JsonRpc(new HeaderDelimitedMessageHandler(stream, stream));
            rpc.Listen(ManagerServiceMethods.Of(service));
        }
        catch (ConnectionLostException)
        {
            // Its blocks stay until the manager ends.
        }
        finally
        {
            lock (_lock)
            {
                _sessions.Remove(session);
                session.Dispose();
            }
        }
    }
}
