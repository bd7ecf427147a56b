using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Multiprocessing.Tests;

/// <summary>The server's named channel as a stranger sees it: JSON-RPC 2.0 with Content-Length headers, byte by byte.</summary>
public sealed class ProtocolTests : IDisposable
{
    private readonly SharedMemoryManager _manager = SharedMemoryManager.Start();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _token;

    public ProtocolTests()
    {
        string[] parts = _manager.Address["unix:".Length..].Split("?token=");
        _token = parts[1];
        _socket.Connect(new UnixDomainSocketEndPoint(parts[0]));
        _socket.ReceiveTimeout = 30_000;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _manager.Dispose();
    }

    [Fact]
    public void Hello_by_position_gives_id_prefix_and_process()
    {
        JsonNode answer = Ask($$"""{"jsonrpc":"2.0","id":1,"method":"hello","params":["{{_token}}",123]}""");
        Assert.Equal("2.0", (string?)answer["jsonrpc"]);
        Assert.Equal(1, (int?)answer["id"]);
        Assert.Equal(_manager.Id, (string?)answer["result"]!["id"]);
        string prefix = (string)answer["result"]!["prefix"]!;
        Assert.Matches($"^psm_{_manager.Id}_c[0-9a-f]{{6}}_$", prefix);

        // After the death of a server one goes on under the names that one has; and only under such.
        answer = Ask($$"""{"jsonrpc":"2.0","id":2,"method":"hello","params":["{{_token}}",123,"{{prefix}}",false]}""");
        Assert.Equal(prefix, (string?)answer["result"]!["prefix"]);
        answer = Ask($$"""{"jsonrpc":"2.0","id":3,"method":"hello","params":["{{_token}}",123,"psm_{{_manager.Id}}_"]}""");
        Assert.Matches($"^psm_{_manager.Id}_c[0-9a-f]{{6}}_$", (string?)answer["result"]!["prefix"]);
        Assert.Equal(_manager.ServerProcessId, (int?)answer["result"]!["serverProcessId"]);
    }

    [Fact]
    public void Parameters_by_name_and_ids_that_are_strings_or_null_are_taken()
    {
        JsonNode answer = Ask($$"""{"id":"a","params":{"processId":5,"token":"{{_token}}","more":1},"method":"hello","jsonrpc":"2.0","x":[]}""");
        Assert.Equal("a", (string?)answer["id"]);
        Assert.NotNull(answer["result"]);
        answer = Ask("""{"jsonrpc":"2.0","id":null,"method":"ping"}""");
        Assert.True(answer.AsObject().ContainsKey("result"));
    }

    [Fact]
    public void Track_and_list_go_around()
    {
        Hello();
        using SharedMemory block = SharedMemory.Create(24, $"psm_{_manager.Id}_c1_9");
        Send($$"""{"jsonrpc":"2.0","method":"track","params":[{"created":[{"name":"{{block.Name}}","kind":"mine","size":24,"ownerProcessId":77,"created":"2026-01-02T03:04:05Z"}],"released":[]}]}""");
        JsonNode listed = Ask("""{"jsonrpc":"2.0","id":2,"method":"listBlocks","params":[]}""")["result"]![0]!;
        Assert.Equal((block.Name, "mine", 24L, 77), ((string?)listed["name"], (string?)listed["kind"], (long)listed["size"]!, (int)listed["ownerProcessId"]!));
    }

    [Fact]
    public void A_name_without_the_managers_prefix_is_not_taken_to_be_unlinked()
    {
        Hello();
        using SharedMemory foreign = SharedMemory.Create(8);
        try
        {
            Send($$"""{"jsonrpc":"2.0","method":"track","params":[{"created":[{"name":"{{foreign.Name}}","kind":"block","size":8,"ownerProcessId":1,"created":"2026-01-02T03:04:05Z"}],"released":[]}]}""");
            Ask("""{"jsonrpc":"2.0","id":2,"method":"ping"}""");
            _manager.Dispose();
            Assert.True(SharedMemory.Exists(foreign.Name));
        }
        finally
        {
            foreign.Unlink();
        }
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":4,"method":"nosuch"}""", -32601)]
    [InlineData("""{"jsonrpc":"2.0","id":4,"method":"hello"}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":4,"method":"hello","params":[5,5]}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":4,"method":"hello","params":{"token":"x"}}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":4,"method":"hello","params":["x",1]}""", 1)]
    [InlineData("""{"jsonrpc":"2.0","id":4,"method":"listBlocks"}""", 1)]
    [InlineData("""{"jsonrpc":"2.0","id":4,"method":"ping"}""", 1)]
    [InlineData("""{"jsonrpc":"2.0","id":4}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":4,"method":7}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"ping"}""", -32600)]
    [InlineData("[]", -32600)]
    [InlineData("7", -32600)]
    [InlineData("{", -32700)]
    [InlineData("", -32700)]
    [InlineData("\u0000\u00ff", -32700)]
    public void Errors_have_their_codes_and_the_connection_goes_on(string request, int code)
    {
        JsonNode answer = Ask(request);
        Assert.Equal(code, (int)answer["error"]!["code"]!);
        Assert.NotEmpty((string)answer["error"]!["message"]!);
        Assert.Null(answer["result"]);
        Hello();
        Assert.Empty(Ask("""{"jsonrpc":"2.0","id":5,"method":"listBlocks"}""")["result"]!.AsArray());
    }

    [Fact]
    public void Nobody_answers_a_notification_not_even_with_an_error()
    {
        Hello();
        Send("""{"jsonrpc":"2.0","method":"nosuch"}""");
        Send("""{"jsonrpc":"2.0","method":"track","params":[7]}""");
        Send("""{"jsonrpc":"2.0","method":"ping"}""");
        Assert.Equal(3, (int?)Ask("""{"jsonrpc":"2.0","id":3,"method":"ping"}""")["id"]);
    }

    [Fact]
    public void Headers_in_any_case_with_others_around_and_byte_by_byte_are_taken()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(
            "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-LENGTH:  35\r\nX: y\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":6,\"method\":7}");
        foreach (byte one in bytes)
        {
            _socket.Send([one]);
        }

        Assert.Equal(6, (int?)Receive()["id"] ?? 6);
        Hello();
    }

    [Fact]
    public void Several_messages_in_one_piece_are_answered_in_order()
    {
        Hello();
        string one = Frame("""{"jsonrpc":"2.0","id":1,"method":"ping"}""");
        string two = Frame("""{"jsonrpc":"2.0","id":2,"method":"ping"}""");
        _socket.Send(Encoding.UTF8.GetBytes(one + two + one));
        Assert.Equal([1, 2, 1], Enumerable.Range(0, 3).Select(_ => (int)Receive()["id"]!));
    }

    [Theory]
    [InlineData("Content-Length: x\r\n\r\n")]
    [InlineData("Content-Length: -1\r\n\r\n")]
    [InlineData("Content-Length: 99999999999\r\n\r\n")]
    [InlineData("Content-Length: 2147483647\r\n\r\n")]
    [InlineData("Length: 2\r\n\r\n{}")]
    [InlineData("\r\n\r\n")]
    public void What_is_no_message_ends_the_connection_and_harms_nobody_else(string bytes)
    {
        _socket.Send(Encoding.UTF8.GetBytes(bytes));
        Assert.Equal(0, _socket.Receive(new byte[1]));
        Assert.Empty(_manager.ListBlocks());
    }

    [Fact]
    public void Endless_headers_end_the_connection() => Watchdog.Run(() =>
    {
        byte[] noise = new byte[1000];
        Array.Fill(noise, (byte)'a');
        Assert.ThrowsAny<SocketException>(() => SendForever(noise));
        Assert.Empty(_manager.ListBlocks());
    });

    private void SendForever(byte[] bytes)
    {
        while (true)
        {
            _socket.Send(bytes);
        }
    }

    private static string Frame(string message) => $"Content-Length: {Encoding.UTF8.GetByteCount(message)}\r\n\r\n{message}";

    private void Hello() => Assert.NotNull(Ask($$"""{"jsonrpc":"2.0","id":0,"method":"hello","params":["{{_token}}",1]}""")["result"]);

    private void Send(string message) => _socket.Send(Encoding.UTF8.GetBytes(Frame(message)));

    private JsonNode Ask(string message)
    {
        Send(message);
        return Receive();
    }

    private JsonNode Receive()
    {
        var header = new StringBuilder();
        byte[] one = new byte[1];
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.Equal(1, _socket.Receive(one));
            header.Append((char)one[0]);
        }

        byte[] body = new byte[int.Parse(header.ToString()["Content-Length: ".Length..].Trim(), System.Globalization.CultureInfo.InvariantCulture)];
        for (int got = 0; got < body.Length;)
        {
            got += _socket.Receive(body, got, body.Length - got, SocketFlags.None);
        }

        return JsonNode.Parse(body)!;
    }
}
