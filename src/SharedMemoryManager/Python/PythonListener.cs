using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>
/// The server's ear for stock Python: a Unix domain socket where CPython's own manager protocol is spoken. Each connection is served on a thread of its
/// own, so that a slow one delays nobody.
/// </summary>
/// <remarks>
/// A peer of another user is turned away before a byte of it is read. One that has not proven that it knows the key in time is turned away too, and when
/// there are too many of those, the one that has been at it for longest. What is refused is said on the standard error, but not every time.
/// </remarks>
internal sealed class PythonListener(PythonEndpoint endpoint, BlockTable blocks) : IDisposable
{
    /// <summary>How many connections there are at once; a call of Python's takes less than a millisecond of one.</summary>
    internal const int MostSessions = 512;

    private const int Backlog = 512;
    private const int SessionStackBytes = 256 * 1024;
    private const int MostRefusalsSaid = 20;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>For the proof of the key. CPython does not try again, so this is for a machine that is very busy.</summary>
    private static readonly TimeSpan ProofPatience = TimeSpan.FromSeconds(30);

    private readonly byte[] _key = endpoint.GetKey();

    /// <summary>Those that have proven nothing yet, in the order in which they came, and all.</summary>
    private readonly LinkedList<Socket> _strangers = [];
    private readonly HashSet<Socket> _sessions = [];
    private readonly Lock _lock = new();
    private Socket? _listener;
    private bool _closed;
    private int _refusals;

    /// <summary>Begins to listen.</summary>
    /// <exception cref="IOException">The socket could not be made, or somebody else listens there.</exception>
    internal void Open()
    {
        try
        {
            if (!endpoint.IsGiven && !OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(Path.GetDirectoryName(endpoint.Path)!, OwnerOnly);
            }

            // That of a server that was killed. Anything else stays, and the next line fails.
            PythonEndpoint.RemoveSocket(endpoint.Path, [], []);
            _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            _listener.Bind(new UnixDomainSocketEndPoint(endpoint.Path));
            _listener.Listen(Backlog);
        }
        catch (Exception e) when (e is SocketException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException($"Could not listen at {endpoint.Path}: {e.Message}", e);
        }

        new Thread(Accept) { IsBackground = true, Name = "accept Python" }.Start();
    }

    /// <summary>Turns everybody away: who has just made a block is not answered any more, and unlinks it.</summary>
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

        _listener?.Dispose();
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
                if (_closed)
                {
                    return;
                }

                // Out of descriptors, or a peer that was gone at once: neither may end the manager.
                Refused(e);
                Thread.Sleep(100);
                continue;
            }

            if (!TryAdmit(session))
            {
                session.Dispose();
                continue;
            }

            try
            {
                new Thread(() => Serve(session), SessionStackBytes) { IsBackground = true, Name = "Python" }.Start();
            }
            catch (OutOfMemoryException e)
            {
                // No thread is to be had.
                Refused(e);
                End(session);
            }
        }
    }

    private bool TryAdmit(Socket session)
    {
        lock (_lock)
        {
            if (_closed || !UnixPeer.IsSameUser(session))
            {
                return false;
            }

            if (_sessions.Count >= MostSessions)
            {
                if (_strangers.First is not { } oldest)
                {
                    return false;
                }

                // Its thread ends as soon as it runs; until then there is one more.
                UnixPeer.HangUp(oldest.Value);
                _strangers.Remove(oldest);
            }

            _sessions.Add(session);
            _strangers.AddLast(session);
            return true;
        }
    }

    private void Serve(Socket session)
    {
        using var patience = new Timer(_ => UnixPeer.HangUp(session), null, ProofPatience, Timeout.InfiniteTimeSpan);
        try
        {
            using var stream = new NetworkStream(session, ownsSocket: false);
            var service = new PythonService(blocks, UnixPeer.ProcessIdOf(session));
            new PythonSession(stream, service).Run(_key, () =>
            {
                // From here on it may take its time: it makes its block, or list, before it tells of it.
                patience.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                lock (_lock)
                {
                    _strangers.Remove(session);
                }
            });
        }
        catch (Exception e)
        {
            // Most are what they should be: a wrong key, what is no request, a hang-up. But whatever a stranger's words bring about ends his session, and not the
            // server.
            Refused(e);
        }
        finally
        {
            End(session);
        }
    }

    private void End(Socket session)
    {
        lock (_lock)
        {
            _strangers.Remove(session);
            _sessions.Remove(session);
            session.Dispose();
        }
    }

    private void Refused(Exception e)
    {
        int count = Interlocked.Increment(ref _refusals);
        if (count <= MostRefusalsSaid || int.IsPow2(count))
        {
            Console.Error.WriteLine($"Python: refused for the {count}. time: {e.Message}");
        }
    }
}
