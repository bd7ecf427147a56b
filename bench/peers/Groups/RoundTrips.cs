using System.Diagnostics;
using System.Net.Sockets;

namespace Multiprocessing.Bench;

/// <summary>A call to the server and back, against the bare socket that it cannot be faster than.</summary>
internal static class RoundTrips
{
    internal const string EchoVerb = "echo";

    private const int Bytes = 64;
    private const int Calls = 2000;

    internal static IEnumerable<Row> All(Contest contest)
    {
        string folder = Directory.CreateTempSubdirectory("psm-bench-").FullName;
        try
        {
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            string path = Path.Combine(folder, "echo");
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen();
            using Process echo = Process.Start(Programs.Self(EchoVerb, path))!;
            using Socket bare = listener.Accept();
            using var manager = SharedMemoryManager.Start();
            using var client = SharedMemoryManager.Connect(manager.Address);
            byte[] message = new byte[Bytes];
            Series[] results = contest.Run(
                Contest.MedianOf(Calls, manager.Ping),
                Contest.MedianOf(Calls, client.Ping),
                Contest.MedianOf(Calls, () => BareRoundTrip(bare, message)));

            // The end of its input ends it.
            bare.Shutdown(SocketShutdown.Both);
            echo.WaitForExit();
            const string Note = "The median of single calls, one at a time: neither the slow ones nor calls that overlap are measured, nor a "
                + "server that has to compile yet. The bare peer is .NET at both ends, blocking, without a protocol.";
            return
            [
                new Row("round trip, owner's pipe: Ping()", results[0], "bare Unix socket, 64 bytes", results[2], Goal.AtMost(1.5), Note),
                new Row("round trip, client's socket: Ping()", results[1], "bare Unix socket, 64 bytes", results[2], Goal.AtMost(1.5), Note),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What the process at the other end of the bare socket does.</summary>
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

    private static void BareRoundTrip(Socket socket, byte[] message)
    {
        socket.Send(message);
        if (!TryReceive(socket, message))
        {
            throw new InvalidOperationException("The echo process is gone.");
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
