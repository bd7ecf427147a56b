using System.Diagnostics;
using System.Net.Sockets;

namespace Multiprocessing.Bench;

/// <summary>A process that sends back what it gets over a bare Unix socket: what no call to a server can be faster than.</summary>
internal sealed class EchoPeer : IDisposable
{
    internal const string Verb = "echo";
    internal const string Name = "bare Unix socket, 64 bytes";

    private const int Bytes = 64;

    private readonly string _folder = Directory.CreateTempSubdirectory("psm-bench-").FullName;
    private readonly byte[] _message = new byte[Bytes];
    private readonly Process _process;
    private readonly Socket _socket;

    internal EchoPeer()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        string path = Path.Combine(_folder, "echo");
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        _process = Process.Start(Programs.Self(Verb, path))!;
        _socket = listener.Accept();
    }

    /// <summary>There and back.</summary>
    internal void RoundTrip()
    {
        _socket.Send(_message);
        if (!TryReceive(_socket, _message))
        {
            throw new InvalidOperationException("The echo process is gone.");
        }
    }

    public void Dispose()
    {
        // The end of its input ends it.
        _socket.Shutdown(SocketShutdown.Both);
        _process.WaitForExit();
        _process.Dispose();
        _socket.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What the process at the other end does.</summary>
    internal static void Echo(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        byte[] message = new byte[Bytes];
        while (TryReceive(socket, message))
        {
            socket.Send(message);
        }
    }

    private static bool TryReceive(Socket socket, byte[] message)
    {
        int received = 0;
        while (received < message.Length)
        {
            int read = socket.Receive(message.AsSpan(received));
            if (read == 0)
            {
                return false;
            }

            received += read;
        }

        return true;
    }
}
