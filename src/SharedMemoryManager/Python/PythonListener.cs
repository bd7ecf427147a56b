using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>The server's ear for stock Python: a Unix domain socket where CPython's own manager protocol is spoken.</summary>
/// <remarks>
/// Who has not proven that it knows the key in time is turned away, and when there are too many of those, the one that has been at it for longest. What is refused is said
/// on the standard error, but not every time.
/// </remarks>
internal sealed class PythonListener(PythonEndpoint endpoint, BlockTable blocks) : PeerListener("Python")
{
    /// <summary>How many connections there are at once; a call of Python's takes less than a millisecond of one.</summary>
    internal const int MostSessions = 512;

    private const int MostRefusalsSaid = 20;

    /// <summary>For the proof of the key. CPython does not try again, so this is for a machine that is very busy.</summary>
    private static readonly TimeSpan ProofPatience = TimeSpan.FromSeconds(30);

    private readonly byte[] _key = endpoint.GetKey();

    /// <summary>Those that have proven nothing yet, in the order in which they came.</summary>
    private readonly LinkedList<Socket> _strangers = [];
    private int _refusals;

    private protected override string SocketPath => endpoint.Path;

    /// <summary>Turns everybody away: who has just made a block is not answered any more, and unlinks it.</summary>
    public override void Dispose()
    {
        base.Dispose();
        Close();
    }

    private protected override void Listen()
    {
        if (!endpoint.IsGiven && !OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(endpoint.Path)!, OwnerOnly);
        }

        // That of a server that was killed. Anything else stays, and the next line fails.
        PythonEndpoint.RemoveSocket(endpoint.Path, [], []);
        ListenAt(endpoint.Path);
    }

    private protected override bool TryAdmit(Socket session)
    {
        if (SessionCount >= MostSessions)
        {
            if (_strangers.First is not { } oldest)
            {
                return false;
            }

            // Its thread ends as soon as it runs; until then there is one more.
            UnixPeer.HangUp(oldest.Value);
            _strangers.Remove(oldest);
        }

        _strangers.AddLast(session);
        return true;
    }

    private protected override void Serve(Socket session)
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
                lock (Guard)
                {
                    _strangers.Remove(session);
                }
            });
        }
        catch (Exception e)
        {
            // Most are what they should be: a wrong key, what is no request, a hang-up. But whatever a stranger's words bring about ends his session, and not the
            // server.
            Report(e);
        }
        finally
        {
            End(session);
        }
    }

    private protected override void End(Socket session)
    {
        lock (Guard)
        {
            _strangers.Remove(session);
        }

        base.End(session);
    }

    private protected override void Report(Exception e)
    {
        int count = Interlocked.Increment(ref _refusals);
        if (count <= MostRefusalsSaid || int.IsPow2(count))
        {
            Console.Error.WriteLine($"Python: refused for the {count}. time: {e.Message}");
        }
    }
}
