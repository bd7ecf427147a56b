using System.Net.Sockets;

namespace Multiprocessing.Tests;

/// <summary>Clients that are slow, on purpose or not, and many at once: nobody waits for another.</summary>
public sealed class SlowClientTests : IDisposable
{
    private readonly SharedMemoryManager _manager = SharedMemoryManager.Start();

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Who_does_not_come_to_the_point_is_turned_away() => Watchdog.Run(() =>
    {
        string address = _manager.Address;
        Task[] turnedAway =
        [
            Hung(Framing.Headers, _ => { }),
            Hung(Framing.Headers, client => Drip(client, "Content-Length: 1000\r\n\r\n{\"jsonrpc\":\"2.0\"                                                  "u8.ToArray())),
            Hung(Framing.Length, client => Drip(client, [0, 0, 0x40, 0, .. Enumerable.Repeat((byte)0xc0, 1000)])),
            Hung(Framing.Length, client => Drip(client, new byte[1000])),
            Hung(Framing.Headers, client => Pester(client, "Content-Length: 1\r\n\r\n7"u8.ToArray())),
            Hung(Framing.Length, client => Pester(client, [0, 0, 0, 1, 7])),
        ];

        // Meanwhile.
        for (int i = 0; !Task.WhenAll(turnedAway).Wait(10); i++)
        {
            using var client = new RawClient(address, i % 2 == 0 ? Framing.Headers : Framing.Length);
            client.Hello();
            client.Ask("""{"jsonrpc":"2.0","id":1,"method":"ping"}""");
        }

        Task Hung(Framing framing, Action<RawClient> talk) => Task.Factory.StartNew(
            () =>
            {
                using var client = new RawClient(address, framing);
                talk(client);
                client.ReceiveToEnd();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        // A byte at a time, for longer than anybody's patience.
        static void Drip(RawClient client, byte[] bytes) => UntilHungUp(() =>
        {
            foreach (byte one in bytes)
            {
                client.SendBytes([one]);
                Thread.Sleep(100);
            }
        });

        // Asks for ever, and does not listen to the answers.
        static void Pester(RawClient client, byte[] request) => UntilHungUp(() =>
        {
            while (true)
            {
                client.SendBytes(request);
            }
        });

        static void UntilHungUp(Action talk)
        {
            try
            {
                talk();
                Assert.Fail("The server has heard it all.");
            }
            catch (SocketException)
            {
            }
        }
    });

    [Theory]
    [InlineData(Framing.Headers)]
    [InlineData(Framing.Length)]
    public void Who_has_said_hello_may_take_his_time_and_delays_nobody(Framing framing) => Watchdog.Run(() =>
    {
        // In the middle of a message, each of them, until the others have had all they asked for.
        byte[] ping = RawClient.Frame(framing, RawClient.Body(framing, """{"jsonrpc":"2.0","id":7,"method":"ping"}"""));
        RawClient[] slow = [.. Enumerable.Range(0, 10).Select(_ => new RawClient(_manager.Address, framing))];
        for (int i = 0; i < slow.Length; i++)
        {
            slow[i].Hello();
            slow[i].SendBytes(ping.AsSpan(0, 1 + (i * ping.Length / 11)));
        }

        using var client = new RawClient(_manager.Address, framing);
        client.Hello();
        for (int i = 0; i < 100; i++)
        {
            client.Ask("""{"jsonrpc":"2.0","id":1,"method":"listBlocks"}""");
        }

        for (int i = 0; i < slow.Length; i++)
        {
            foreach (byte one in ping.AsSpan(1 + (i * ping.Length / 11)))
            {
                slow[i].SendBytes([one]);
            }

            Assert.Equal(7, (int)slow[i].Receive()!["id"]!);
            slow[i].Dispose();
        }
    });

    [Fact]
    public void Two_hundred_at_once_in_both_framings_are_each_served() => Watchdog.Run(() =>
    {
        RawClient[] clients = [.. Enumerable.Range(0, 200).Select(i => new RawClient(_manager.Address, i % 2 == 0 ? Framing.Headers : Framing.Length))];

        // All ask before the first listens.
        foreach (RawClient client in clients)
        {
            client.Send($$"""{"jsonrpc":"2.0","id":1,"method":"hello","params":{"token":"{{client.Token}}","processId":5} }""");
        }

        string[] prefixes = [.. clients.Select(client => (string)client.Receive()!["result"]!["prefix"]!)];
        Assert.Equal(clients.Length, prefixes.Distinct().Count());
        SharedMemory[] blocks = [.. prefixes.Select(prefix => SharedMemory.Create(8, prefix + "1"))];
        for (int i = 0; i < clients.Length; i++)
        {
            clients[i].Send($$"""{"jsonrpc":"2.0","method":"track","params":[{"created":[{"name":"{{blocks[i].Name}}","kind":"kind {{i}}","size":8,"ownerProcessId":{{i}},"created":"2026-01-02T03:04:05Z"}]}]}""");
            clients[i].Send("""{"jsonrpc":"2.0","id":2,"method":"listBlocks"}""");
        }

        for (int i = 0; i < clients.Length; i++)
        {
            Assert.Contains(clients[i].Receive()!["result"]!.AsArray(), block => (string)block!["name"]! == blocks[i].Name && (string)block["kind"]! == $"kind {i}");
        }

        Assert.Equal(
            blocks.Select((block, i) => (block.Name, $"kind {i}", i)).OrderBy(block => block.Name, StringComparer.Ordinal),
            _manager.ListBlocks().Select(block => (block.Name, block.Kind, block.OwnerProcessId)));
        Array.ForEach(clients, client => client.Dispose());
        Array.ForEach(blocks, block => block.Dispose());
    });
}
