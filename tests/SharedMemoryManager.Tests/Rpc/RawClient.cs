using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Multiprocessing.Tests;

/// <summary>A connection to a manager's pipe over which anything can be said, well formed or not, in either framing.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Framing _framing;

    internal RawClient(string address, Framing framing)
    {
        string[] parts = address["unix:".Length..].Split("?token=");
        _framing = framing;
        Token = parts[1];
        _socket.Connect(new UnixDomainSocketEndPoint(parts[0]));

        // Not an assertion on time: who waits as long as this waits for ever.
        _socket.ReceiveTimeout = _socket.SendTimeout = 45_000;
    }

    internal string Token { get; }

    /// <summary>A message's frame.</summary>
    internal static byte[] Frame(Framing framing, ReadOnlySpan<byte> body) => framing == Framing.Length
        ? [.. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(body.Length)), .. body]
        : [.. Encoding.ASCII.GetBytes($"Content-Length: {body.Length}\r\n\r\n"), .. body];

    /// <summary>What travels as the message that this is the JSON of.</summary>
    internal static byte[] Body(Framing framing, string json)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(json);
        if (framing == Framing.Headers)
        {
            return utf8;
        }

        var body = new ArrayBufferWriter<byte>();
        JsonToMessagePack.Write(utf8, body);
        return body.WrittenSpan.ToArray();
    }

    internal void SendBytes(ReadOnlySpan<byte> bytes) => _socket.Send(bytes);

    internal void Send(string json) => SendBytes(Frame(_framing, Body(_framing, json)));

    /// <summary>Says that nothing more comes.</summary>
    internal void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    internal JsonNode Ask(string json)
    {
        Send(json);
        return Receive() ?? throw new InvalidOperationException("The server hung up.");
    }

    internal JsonNode Hello() => Ask($$"""{"jsonrpc":"2.0","id":0,"method":"hello","params":["{{Token}}",{{Environment.ProcessId}}]}""")["result"]!;

    /// <summary>The next message; null when the server has hung up.</summary>
    internal JsonNode? Receive()
    {
        try
        {
            return _framing == Framing.Length ? ReceivePacked() : ReceiveJson();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return null;
        }
    }

    /// <summary>For who wants to talk and listen by other means.</summary>
    internal NetworkStream Stream() => new(_socket, ownsSocket: false);

    internal byte[] ReceiveBytes(int count) => Exactly(count) ?? throw new InvalidOperationException("The server hung up.");

    /// <summary>Waits until the server hangs up.</summary>
    internal void ReceiveToEnd()
    {
        byte[] some = new byte[4096];
        try
        {
            while (_socket.Receive(some) > 0)
            {
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // It hung up with something of ours unread.
        }
    }

    public void Dispose() => _socket.Dispose();

    private JsonNode? ReceiveJson()
    {
        var header = new StringBuilder();
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (Exactly(1) is not [byte one])
            {
                return null;
            }

            header.Append((char)one);
        }

        int length = int.Parse(header.ToString()["Content-Length: ".Length..].Trim(), CultureInfo.InvariantCulture);
        return JsonNode.Parse(Exactly(length)!);
    }

    private JsonNode? ReceivePacked()
    {
        if (Exactly(4) is not byte[] length)
        {
            return null;
        }

        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            MessagePackToJson.Write(Exactly(BinaryPrimitives.ReadInt32BigEndian(length)), writer, int.MaxValue);
        }

        return JsonNode.Parse(json.WrittenSpan);
    }

    private byte[]? Exactly(int count)
    {
        byte[] bytes = new byte[count];
        for (int got = 0; got < count;)
        {
            int more = _socket.Receive(bytes, got, count - got, SocketFlags.None);
            if (more == 0)
            {
                return null;
            }

            got += more;
        }

        return bytes;
    }
}
