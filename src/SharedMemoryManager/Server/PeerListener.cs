using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>
/// An ear of the server: a Unix domain socket where processes of its user, and no others, connect. Each connection is served on a thread of its own, so that a slow
/// one delays nobody. A peer of another user is turned away before a byte of it is read.
/// </summary>
/// <param name="name">Of its threads.</param>
internal abstract class PeerListener(string name) : IDisposable
{
    private protected const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const int Backlog = 512;
    private const int SessionStackBytes = 256 * 1024;

    private readonly HashSet<Socket> _sessions = [];
    private Socket? _listener;
    private bool _closed;

    /// <summary>Guards who is connected.</summary>
    private protected Lock Guard { get; } = new();

    /// <summary>How many are connected. Under <see cref="Guard"/>.</summary>
    private protected int SessionCount => _sessions.Count;

    /// <summary>Where it listens.</summary>
    private protected abstract string SocketPath { get; }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="IOException">The folder or the socket could not be made, or somebody else listens there.</exception>
    internal void Open()
    {
        try
        {
            _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            Listen();
        }
        catch (Exception e) when (e is SocketException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException($"Could not listen at {SocketPath}: {e.Message}", e);
        }

        new Thread(Accept) { IsBackground = true, Name = $"accept {name}" }.Start();
    }

    /// <summary>Turns everybody away. The listening socket stays until <see cref="Close"/>: who is in its queue until then is turned away.</summary>
    public virtual void Dispose()
    {
        lock (Guard)
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

    /// <summary>Makes the socket's place, and listens there by <see cref="ListenAt"/>.</summary>
    private protected abstract void Listen();

    private protected void ListenAt(string path)
    {
        _listener!.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(Backlog);
    }

    /// <summary>Serves one connection to its end, which is said by <see cref="End"/>. Lets no exception out.</summary>
    private protected abstract void Serve(Socket session);

    /// <summary>Tells of what went wrong at the door.</summary>
    private protected abstract void Report(Exception e);

    /// <summary>Whether there is room for one more. Under <see cref="Guard"/>.</summary>
    private protected virtual bool TryAdmit(Socket session) => true;

    private protected virtual void End(Socket session)
    {
        lock (Guard)
        {
            _sessions.Remove(session);
            session.Dispose();
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
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (Volatile.Read(ref _closed))
                {
                    return;
                }

                // Out of descriptors, or a peer that was gone at once: neither may end the manager.
                Report(e);
                Thread.Sleep(100);
                continue;
            }

            lock (Guard)
            {
                if (_closed || !UnixPeer.IsSameUser(session) || !TryAdmit(session))
                {
                    session.Dispose();
                    continue;
                }

                _sessions.Add(session);
            }

            try
            {
                new Thread(() => Serve(session), SessionStackBytes) { IsBackground = true, Name = name }.Start();
            }
            catch (OutOfMemoryException e)
            {
                // No thread is to be had. Who is hung up on tries again, if he is a client of ours.
                Report(e);
                End(session);
            }
        }
    }
}
