using System.Net.Sockets;

namespace Multiprocessing;

/// <summary>
/// The connection of one who has to prove his right within a certain time, all that he says and hears until then together: who sends, or takes, one byte at a
/// time gets no more of it than who sends none.
/// </summary>
internal sealed class ClientStream(Socket socket, TimeSpan patience) : NetworkStream(socket, ownsSocket: false)
{
    private readonly long _deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
    private bool _trusted;

    /// <summary>From now on there is no hurry.</summary>
    internal void Trust()
    {
        _trusted = true;
        Socket.ReceiveTimeout = 0;
        Socket.SendTimeout = 0;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">Also when the time is over.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        Hurry(remaining => Socket.ReceiveTimeout = remaining);
        return base.Read(buffer, offset, count);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">Also when the time is over.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Hurry(remaining => Socket.SendTimeout = remaining);
        base.Write(buffer);
    }

    private void Hurry(Action<int> setTimeout)
    {
        if (_trusted)
        {
            return;
        }

        long remaining = _deadline - Environment.TickCount64;
        if (remaining <= 0)
        {
            throw new IOException("The time to say hello is over.");
        }

        try
        {
            setTimeout((int)remaining);
        }
        catch (SocketException e)
        {
            // Some systems refuse it once the peer is gone.
            throw new IOException(e.Message, e);
        }
    }
}
