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
        try
        {
            if (!_trusted)
            {
                Socket.ReceiveTimeout = Remaining();
            }

            return Socket.Receive(buffer, offset, count, SocketFlags.None);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">Also when the time is over.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            if (!_trusted)
            {
                Socket.SendTimeout = Remaining();
            }

            // Not the base's: in a derived class it copies first.
            Socket.Send(buffer);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>In milliseconds; at least one, as none would mean for ever.</summary>
    private int Remaining()
    {
        long remaining = _deadline - Environment.TickCount64;
        return remaining > 0 ? (int)remaining : throw new IOException("The time to say hello is over.");
    }
}
