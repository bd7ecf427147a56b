using System.Text;
using System.Text.Json.Nodes;

namespace Multiprocessing.Tests;

/// <summary>A hundred thousand malformed frames in each framing over real connections: no crash, no hang, and nothing left in the server.</summary>
public sealed class ListenerFuzzTests
{
    /// <summary>Frames in each framing; more by the environment.</summary>
    private static readonly int Frames = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_FRAMES"), out int frames) ? frames : 100_000;

    private static readonly string RuntimeFolder = Path.GetFullPath(Path.Combine(typeof(object).Assembly.Location, "..", "..", ".."));

    private const int FramesAConnection = 40;
    private const int MarkId = 424242;

    private static readonly string[] WrongValues =
    [
        "null", "true", "7", "-1", "1.5", "1e300", "18446744073709551615", "\"\"", "\"psm_\"", "\"../../x\"", "\"a\\u0000b\"", "[]", "[null]", "{}", "{\"name\":7}", "[[[[[]]]]]",
        "{\"created\":[null],\"released\":[null]}", "{\"created\":{},\"released\":\"\"}", "{\"created\":[{\"name\":\"\",\"kind\":\"\",\"size\":-1,\"ownerProcessId\":0,\"created\":\"\"}]}",
        $"\"{new string('x', 5000)}\"",
    ];

    private static readonly (string Method, string[] Parameters)[] Methods =
    [
        ("hello", ["token", "processId", "prefix", "releaseOnEnd"]),
        ("track", ["batch"]),
        ("release", ["name"]),
        ("listBlocks", ["none"]),
        ("ping", ["none"]),
        ("nosuch", ["a", "b"]),
    ];

    [Theory]
    [InlineData(Framing.Headers)]
    [InlineData(Framing.Length)]
    public void Malformed_frames_leave_the_server_well(Framing framing) => Watchdog.Run(TimeSpan.FromMinutes(10), () =>
    {
        using var manager = SharedMemoryManager.Start();
        string address = manager.Address;
        int server = manager.ServerProcessId;

        // Once around, so that what is made once is there.
        using (var first = new RawClient(address, framing))
        {
            first.Hello();
        }

        using SharedMemory block = manager.CreateBlock(8);
        Eventually.True(() => ClientThreads(server) == 0, "the first client's end");
        string[] descriptors = [.. Descriptors(server)];
        int threads = Threads(server);

        int sent = 0;
        Parallel.For(0, 2, part =>
        {
            var random = new Random(5000 + part);
            while (Volatile.Read(ref sent) < Frames)
            {
                Interlocked.Add(ref sent, random.Next(4) == 0 ? SpoilFrames(address, framing, random) : SpoilMessages(address, framing, random));
            }
        });

        Assert.Equal(server, manager.ServerProcessId);
        Assert.Contains(manager.ListBlocks(), b => b.Name == block.Name);
        using (var last = new RawClient(address, framing))
        {
            last.Hello();
            Assert.Equal(1, (int)last.Ask("""{"jsonrpc":"2.0","id":1,"method":"ping"}""")["id"]!);
        }

        Eventually.True(() => ClientThreads(server) == 0, "the clients' end");
        Assert.Equal(descriptors, Descriptors(server));

        // Nor was there anything that the server had not foreseen.
        Assert.Equal("", File.ReadAllText($"/proc/{server}/fd/2"));
        Eventually.True(() => Threads(server) <= threads, "the threads' end");
    });

    /// <summary>A connection of frames that can be told apart, with what is no message in them. Each is answered, or is a notification; then a good one is.</summary>
    private static int SpoilMessages(string address, Framing framing, Random random)
    {
        using var client = new RawClient(address, framing);
        bool trusted = random.Next(2) == 0;
        if (trusted)
        {
            client.Hello();
        }

        var frames = new MemoryStream();
        for (int i = 0; i < FramesAConnection; i++)
        {
            frames.Write(RawClient.Frame(framing, Message(framing, client.Token, random)));
        }

        frames.Write(RawClient.Frame(framing, RawClient.Body(framing, $$"""{"jsonrpc":"2.0","id":{{MarkId}},"method":"ping"}""")));
        client.SendBytes(frames.ToArray());
        JsonNode? answer;
        do
        {
            answer = client.Receive();
        }
        while (answer is not null && !(answer["id"] is JsonValue id && id.TryGetValue(out int number) && number == MarkId));

        // A busy machine may have let a stranger come to his last word when the patience with him was at its end.
        Assert.True(answer is not null || !trusted, "The server hung up on a client that had said hello.");
        return FramesAConnection;
    }

    /// <summary>A connection of a frame or two that cannot be told apart. The server hangs up.</summary>
    private static int SpoilFrames(string address, Framing framing, Random random)
    {
        using var client = new RawClient(address, framing);
        if (random.Next(2) == 0)
        {
            client.Hello();
        }

        byte[] good = RawClient.Frame(framing, RawClient.Body(framing, $$"""{"jsonrpc":"2.0","id":1,"method":"hello","params":["{{client.Token}}",1]}"""));
        try
        {
            client.SendBytes(random.Next(4) switch
            {
                0 => Encoding.ASCII.GetBytes($"Content-Length: {random.NextInt64(-10, 1L << random.Next(1, 62))}\r\n\r\n"),
                1 => [.. BitConverter.GetBytes(random.Next(int.MinValue, int.MaxValue)), .. good],
                _ => Spoiler.Spoil(good, random),
            });
            client.EndSending();
        }
        catch (System.Net.Sockets.SocketException)
        {
            // It hung up before all was said.
        }

        client.ReceiveToEnd();
        return 1;
    }

    private static byte[] Message(Framing framing, string token, Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                return Nested(framing, random.Next(60, 5000));
            case 1:
                byte[] noise = new byte[random.Next(200)];
                random.NextBytes(noise);
                return noise;
            case 2 or 3:
                return Spoiler.Spoil(RawClient.Body(framing, Request(token, random)), random);
            case 4 when framing == Framing.Length:
                // Forms that JSON has not: the code of a value, where one is expected.
                byte[] body = RawClient.Body(framing, """{"jsonrpc":"2.0","id":1,"method":"hello","params":[1,1]}""");
                return [.. body[..^2], (byte)random.Next(0xc0, 0xe0), .. Enumerable.Range(0, random.Next(20)).Select(_ => (byte)random.Next(256))];
            case 4:
                return Encoding.UTF8.GetBytes(Request(token, random).Replace("\":", random.Next(2) == 0 ? "\\ud800\":" : "\\u00e9\":", StringComparison.Ordinal));
            default:
                return RawClient.Body(framing, Request(token, random));
        }
    }

    /// <summary>A request, or a notification, with something of a wrong type in it.</summary>
    private static string Request(string token, Random random)
    {
        (string method, string[] names) = Methods[random.Next(Methods.Length)];
        string[] values = [.. names.Select(name => random.Next(3) == 0 ? Good(name, token) : WrongValues[random.Next(WrongValues.Length)])];
        string parameters = random.Next(4) switch
        {
            0 => $"[{string.Join(',', values)}]",
            1 => WrongValues[random.Next(WrongValues.Length)],
            2 => $"[{string.Join(',', values[..random.Next(values.Length + 1)])}]",
            _ => $"{{{string.Join(',', names.Zip(values, (name, value) => $"\"{name}\":{value}"))}}}",
        };
        string id = random.Next(4) switch { 0 => "", 1 => $"\"id\":{WrongValues[random.Next(WrongValues.Length)]},", _ => $"\"id\":{random.Next(1000)}," };
        return $$"""{"jsonrpc":"2.0",{{id}}"method":"{{method}}","params":{{parameters}}}""";
    }

    private static string Good(string parameter, string token) => parameter switch
    {
        "token" => $"\"{token}\"",
        "processId" => "1",
        "batch" => "{\"created\":[],\"released\":[]}",
        _ => "null",
    };

    private static byte[] Nested(Framing framing, int depth) => framing == Framing.Length
        ? [.. Enumerable.Repeat((byte)0x91, depth), 0xc0]
        : Encoding.ASCII.GetBytes(new string('[', depth) + new string(']', depth));

    /// <summary>What is open; without the runtime's own files, which it opens when it first needs them and for good.</summary>
    private static IEnumerable<string> Descriptors(int process) =>
        new DirectoryInfo($"/proc/{process}/fd").EnumerateFiles()
            .Where(file => file.LinkTarget is string target && !target.StartsWith(RuntimeFolder, StringComparison.Ordinal))
            .Select(file => $"{file.Name} {file.LinkTarget}")
            .Order(StringComparer.Ordinal);

    private static int Threads(int process) => Directory.EnumerateDirectories($"/proc/{process}/task").Count();

    private static int ClientThreads(int process) => Directory.EnumerateDirectories($"/proc/{process}/task").Count(task => NameOf(task) == "client");

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).Trim();
        }
        catch (IOException)
        {
            // It has just ended.
            return "";
        }
    }
}
