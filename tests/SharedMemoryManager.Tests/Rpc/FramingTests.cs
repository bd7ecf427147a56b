using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Multiprocessing.Tests;

/// <summary>One server, two framings: what docs/protocol.md says of both, over the socket.</summary>
public sealed class FramingTests : IDisposable
{
    private readonly SharedMemoryManager _manager = SharedMemoryManager.Start();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void The_examples_of_the_protocol_are_answered_byte_by_byte() => Watchdog.Run(() =>
    {
        // As in docs/protocol.md.
        byte[] ping = Convert.FromHexString("000000" + "1d" + "83" + "a7" + Hex("jsonrpc") + "a3" + Hex("2.0") + "a2" + Hex("id") + "01" + "a6" + Hex("method") + "a4" + Hex("ping"));
        byte[] pong = Convert.FromHexString("000000" + "19" + "83" + "a7" + Hex("jsonrpc") + "a3" + Hex("2.0") + "a2" + Hex("id") + "01" + "a6" + Hex("result") + "c0");
        using var packed = new RawClient(_manager.Address, Framing.Length);
        packed.Hello();
        foreach (byte one in ping)
        {
            packed.SendBytes([one]);
        }

        Assert.Equal(pong, packed.ReceiveBytes(pong.Length));

        using var plain = new RawClient(_manager.Address, Framing.Headers);
        plain.Hello();
        plain.SendBytes("Content-Length: 40\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"u8);
        byte[] answer = "Content-Length: 38\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}"u8.ToArray();
        Assert.Equal(answer, plain.ReceiveBytes(answer.Length));
    });

    [Theory]
    [InlineData(Framing.Headers)]
    [InlineData(Framing.Length)]
    public void All_of_a_batch_is_taken_or_nothing(Framing framing) => Watchdog.Run(() =>
    {
        using var client = new RawClient(_manager.Address, framing);
        string prefix = (string)client.Hello()["prefix"]!;
        using SharedMemory block = SharedMemory.Create(8, prefix + "1");
        string good = $$"""{"name":"{{block.Name}}","kind":"mine","size":8,"ownerProcessId":1,"created":"2026-01-02T03:04:05Z"}""";
        string[] wrong =
        [
            """{"created":7}""",
            """{"created":[null]}""",
            """{"created":[7]}""",
            """{"created":[{}]}""",
            """{"created":[{"name":null,"kind":"a","size":1,"ownerProcessId":1,"created":"2026-01-02T03:04:05Z"}]}""",
            $$"""{"created":[{{good}},{"name":"{{prefix}}/","kind":"a","size":1,"ownerProcessId":1,"created":"2026-01-02T03:04:05Z"}]}""",
            $$"""{"created":[{{good}},{"name":"{{prefix}}2","kind":7,"size":1,"ownerProcessId":1,"created":"2026-01-02T03:04:05Z"}]}""",
            $$"""{"created":[{{good}},{"name":"{{prefix}}2","kind":"a","size":1.5,"ownerProcessId":1,"created":"2026-01-02T03:04:05Z"}]}""",
            $$"""{"created":[{{good}},{"name":"{{prefix}}2","kind":"a","size":1,"ownerProcessId":1,"created":"yesterday"}]}""",
            $$"""{"created":[{{good}}],"released":[null]}""",
            $$"""{"created":[{{good}}],"released":[""]}""",
            $$"""{"created":[{{good}}],"released":7}""",
        ];
        foreach (string batch in wrong)
        {
            // A notification of it must do no more harm than the request.
            client.Send($$"""{"jsonrpc":"2.0","method":"track","params":[{{batch}}]}""");
            Assert.Equal(-32602, Code(client.Ask($$"""{"jsonrpc":"2.0","id":1,"method":"track","params":{"batch":{{batch}} } }""")));
            Assert.Equal("block", Kind(client));
        }

        // What is missing, or null, is none.
        client.Ask($$"""{"jsonrpc":"2.0","id":1,"method":"track","params":[{"created":[{{good}}],"released":null}]}""");
        Assert.Equal("mine", Kind(client));
        client.Ask($$"""{"jsonrpc":"2.0","id":1,"method":"track","params":[{"released":["{{block.Name}}"]}]}""");
        Assert.Equal("block", Kind(client));
        client.Ask("""{"jsonrpc":"2.0","id":1,"method":"track","params":[{}]}""");
    });

    [Theory]
    [InlineData(Framing.Headers)]
    [InlineData(Framing.Length)]
    public void Release_unlinks_a_guarded_block_for_good(Framing framing) => Watchdog.Run(() =>
    {
        using var client = new RawClient(_manager.Address, framing);
        Assert.Equal(1, Code(client.Ask("""{"jsonrpc":"2.0","id":1,"method":"release","params":["psm_a"]}""")));
        client.Hello();
        using SharedMemory block = _manager.CreateBlock(8);
        Assert.Single(_manager.ListBlocks());
        string release = $$"""{"jsonrpc":"2.0","id":1,"method":"release","params":["{{block.Name}}"]}""";
        Assert.True((bool)client.Ask(release)["result"]!);
        Assert.False((bool)client.Ask(release)["result"]!);
        Assert.False(SharedMemory.Exists(block.Name));
        Assert.Empty(_manager.ListBlocks());
        block.Span[0] = 1;

        using SharedMemory foreign = SharedMemory.Create(8);
        foreach (string name in new[] { $"\"{foreign.Name}\"", "\"\"", "\"file:///tmp/x\"", $"\"psm_{_manager.Id}_/../../x\"", "null", "7", "[]" })
        {
            Assert.Equal(-32602, Code(client.Ask($$"""{"jsonrpc":"2.0","id":1,"method":"release","params":{"name":{{name}} } }""")));
        }

        Assert.True(SharedMemory.Exists(foreign.Name));
        foreign.Unlink();
    });

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":4,"method":"\ud800"}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"\ud800"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":"\ud800","method":"ping"}""")]
    [InlineData("""{"\ud800jsonrpc":"2.0","i\ud800d":4,"met\ud800hod":"ping","params\ud800":1}""")]
    [InlineData("""[{"jsonrpc":"2.0","id":4,"method":"ping"}]""")]
    public void Half_a_character_in_an_envelope_is_no_request_and_neither_is_a_batch(string request) => Watchdog.Run(() =>
    {
        using var client = new RawClient(_manager.Address, Framing.Headers);
        JsonNode answer = client.Ask(request);
        Assert.Equal(-32600, Code(answer));
        Assert.Null(answer["id"]);
        client.Hello();
    });

    [Fact]
    public void Half_a_character_in_a_parameter_is_no_parameter() => Watchdog.Run(() =>
    {
        using var client = new RawClient(_manager.Address, Framing.Headers);
        Assert.Equal(-32602, Code(client.Ask("""{"jsonrpc":"2.0","id":4,"method":"hello","params":["\ud800",1]}""")));
        Assert.Equal(-32602, Code(client.Ask("""{"jsonrpc":"2.0","id":4,"method":"hello","params":{"token":"a","processId":1,"prefix":"\udc00"}}""")));
        client.Hello();
    });

    [Fact]
    public void What_is_no_UTF_8_is_no_JSON() => Watchdog.Run(() =>
    {
        using var client = new RawClient(_manager.Address, Framing.Headers);
        client.SendBytes(RawClient.Frame(Framing.Headers, [.. "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""u8, 0xff, .. "\"}"u8]));
        Assert.Equal(-32700, Code(client.Receive()!));
        client.Hello();
    });

    [Theory]
    [InlineData("04000001")]
    [InlineData("00010001")]
    [InlineData("01000000")]
    public void A_length_that_is_not_taken_ends_the_connection(string length) => Watchdog.Run(() =>
    {
        // Before the hello, 64 KiB are the limit.
        using var client = new RawClient(_manager.Address, Framing.Length);
        client.SendBytes(Convert.FromHexString(length));
        client.ReceiveToEnd();
        Assert.Empty(_manager.ListBlocks());
    });

    [Theory]
    [InlineData("04000001")]
    [InlineData("7fffffff")]
    [InlineData("80000000")]
    [InlineData("ffffffff")]
    public void A_length_that_is_not_taken_ends_the_connection_after_hello_too(string length) => Watchdog.Run(() =>
    {
        using var client = new RawClient(_manager.Address, Framing.Length);
        client.Hello();
        client.SendBytes(Convert.FromHexString(length));
        client.ReceiveToEnd();
        Assert.Empty(_manager.ListBlocks());
    });

    [Theory]
    [InlineData(Framing.Headers)]
    [InlineData(Framing.Length)]
    public void A_long_message_is_taken_from_who_has_said_hello_and_from_nobody_else(Framing framing) => Watchdog.Run(() =>
    {
        string ping = $$"""{"jsonrpc":"2.0","id":1,"method":"ping","padding":"{{new string('x', 1_000_000)}}"}""";
        using var client = new RawClient(_manager.Address, framing);
        client.Hello();
        Assert.Equal(1, (int)client.Ask(ping)["id"]!);

        using var stranger = new RawClient(_manager.Address, framing);
        Assert.ThrowsAny<Exception>(() => stranger.Ask(ping));
    });

    [Fact]
    public void Our_own_caller_can_speak_MessagePack_too() => Watchdog.Run(() =>
    {
        using var raw = new RawClient(_manager.Address, Framing.Length);
        using NetworkStream stream = raw.Stream();
        using var rpc = new JsonRpc(new LengthHeaderMessageHandler(new MessageInput(stream), stream));
        var service = new ManagerServiceProxy(rpc);
        Assert.Equal(JsonRpcErrorCode.Unauthorized, Assert.Throws<RemoteInvocationException>(() => Ping(rpc)).Code);
        HelloResult hello = service.HelloAsync(raw.Token, 77, null, true).Result;
        Assert.Equal((_manager.Id, _manager.ServerProcessId), (hello.Id, hello.ServerProcessId));
        using SharedMemory block = SharedMemory.Create(8, hello.Prefix + "1");
        var made = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1));
        service.Track(new TrackBatch([new TrackedBlock(block.Name, "ä", 8, 77, made)]));
        Assert.Equal([new TrackedBlock(block.Name, "ä", 8, 77, made)], service.ListBlocksAsync().Result);
        Assert.True(service.PingAsync().IsCompletedSuccessfully);
        Assert.True(service.ReleaseAsync(block.Name).Result);
        Assert.False(service.ReleaseAsync(block.Name).Result);
    });

    [Fact]
    public void A_caller_that_is_answered_in_no_language_has_lost_its_connection()
    {
        foreach (IMessageHandler answer in new IMessageHandler[]
        {
            new LengthHeaderMessageHandler(new MessageInput(new MemoryStream([0, 0, 0, 1, 0xc1])), Stream.Null),
            new LengthHeaderMessageHandler(new MessageInput(new MemoryStream([])), Stream.Null),
            new HeaderDelimitedMessageHandler(new MemoryStream([.. "Content-Length: 1\r\n\r\n{"u8]), Stream.Null),
        })
        {
            using var rpc = new JsonRpc(answer);
            Assert.Throws<ConnectionLostException>(() => Ping(rpc));
        }
    }

    [Fact]
    public void A_connection_that_ends_before_its_first_byte_is_an_end_like_any_other() => Watchdog.Run(() =>
    {
        using (var client = new RawClient(_manager.Address, Framing.Length))
        {
            client.EndSending();
            client.ReceiveToEnd();
        }

        Assert.Empty(_manager.ListBlocks());
    });

    private static void Ping(JsonRpc rpc) => rpc.Invoke("ping", [], ManagerJson.Default.StringArray, ManagerJson.Default.String);

    private static int Code(JsonNode answer) => (int)answer["error"]!["code"]!;

    private static string Kind(RawClient client) =>
        (string)Assert.Single(client.Ask("""{"jsonrpc":"2.0","id":1,"method":"listBlocks"}""")["result"]!.AsArray())!["kind"]!;

    private static string Hex(string text) => Convert.ToHexString(Encoding.ASCII.GetBytes(text));
}
