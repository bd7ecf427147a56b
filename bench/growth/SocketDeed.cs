using System.Net.Sockets;

namespace Multiprocessing.Bench;

/// <summary>The same through a Unix socket, which is what there is without shared memory.</summary>
internal sealed class SocketDeed : Deed
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Socket _socket;
    private readonly byte[] _message;
    private readonly bool _sends;

    internal SocketDeed(string path, int size, bool sends)
    {
        (_message, _sends) = (new byte[size], sends);
        var address = new UnixDomainSocketEndPoint(path);
        if (sends)
        {
            _socket = Connect(address);
            return;
        }

        using Socket listener = NewSocket();
        listener.Bind(address);
        listener.Listen();
        _socket = listener.Accept();
    }

    internal override void Once()
    {
    }

    internal override long Some()
    {
        if (_sends)
        {
            for (int sent = 0; sent < _message.Length;)
            {
                sent += _socket.Send(_message.AsSpan(sent));
            }

            return 0;
        }

        return TryReceive() ? 1 : 0;
    }

    /// <summary>The sender says that there is no more; the receiver takes what is still on its way.</summary>
    internal override long Finish()
    {
        if (_sends)
        {
            _socket.Shutdown(SocketShutdown.Send);
            return 0;
        }

        long more = 0;
        while (TryReceive())
        {
            more++;
        }

        return more;
    }

    public override void Dispose() => _socket.Dispose();

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    /// <summary>The other side may not listen yet.</summary>
    private static Socket Connect(UnixDomainSocketEndPoint address)
    {
        DateTime end = DateTime.UtcNow + Patience;
        while (true)
        {
            Socket socket = NewSocket();
            try
            {
                socket.Connect(address);
                return socket;
            }
            catch (SocketException) when (DateTime.UtcNow < end)
            {
                socket.Dispose();
                Thread.Sleep(1);
            }
        }
    }

    private bool TryReceive()
    {
        for (int received = 0; received < _message.Length;)
        {
            int more = _socket.Receive(_message.AsSpan(received));
            if (more == 0)
            {
                return false;
            }

            received += more;
        }

        return true;
    }
}
