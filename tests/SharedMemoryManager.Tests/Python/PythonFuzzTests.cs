using System.Globalization;
using System.Net.Sockets;

namespace Multiprocessing.Tests;

/// <summary>What strangers may say to the endpoint for Python, and what that does to the server: nothing.</summary>
public sealed class PythonFuzzTests
{
    /// <summary>How many malformed frames the server process is sent; more by environment for a longer run.</summary>
    private static readonly int Frames =
        int.TryParse(Environment.GetEnvironmentVariable("FUZZ_FRAMES"), CultureInfo.InvariantCulture, out int frames) ? frames : 5_000;

    [Fact]
    public void A_hundred_thousand_sessions_with_malformed_frames_end_in_an_answer_or_a_refusal() => Watchdog.Run(TimeSpan.FromMinutes(5), () =>
    {
        byte[][] requests = Requests();
        var random = new Random(20261121);
        var service = new PythonService(new BlockTable($"psm_{BlockName.RandomHex(6)}_"), 0);
        (int answered, int failed, int refused, int ended) = (0, 0, 0, 0);
        for (int round = 0; round < 100_000; round++)
        {
            using var stream = new Impostor(Golden.Key, requests[random.Next(requests.Length)], random);
            try
            {
                new PythonSession(stream, service).Run(Golden.Key, static () => { });
                object?[] answer = Assert.IsType<object?[]>(PickleReader.Read(stream.LastWritten.AsSpan(4), int.MaxValue));
                Assert.True(answer is [string kind, _] && kind is "#RETURN" or "#TRACEBACK");
                _ = answer[0] is "#RETURN" ? answered++ : failed++;
            }
            catch (PythonProtocolException)
            {
                refused++;
            }
            catch (EndOfStreamException)
            {
                ended++;
            }
        }

        // All four ways were taken, or this would have shown little.
        Assert.All((int[])[answered, failed, refused, ended], count => Assert.InRange(count, 100, 99_000));
    });

    [Fact]
    public void The_server_survives_malformed_frames_and_keeps_no_descriptor_nor_thread() => Watchdog.Run(TimeSpan.FromMinutes(10), () =>
    {
        using var manager = SharedMemoryManager.Start(StockManager.Endpoint);
        byte[][] requests = Requests();
        byte[] key = manager.GetPythonAuthKey();
        int server = manager.ServerProcessId;
        Parallel.For(0, 4, i => Attack(manager.PythonAddress, key, requests, new Random(i), 50));
        (int descriptors, int threads) = Resources(server);
        Parallel.For(0, 4, i => Attack(manager.PythonAddress, key, requests, new Random(100 + i), Frames / 4));
        Assert.Equal(server, manager.ServerProcessId);
        Eventually.True(() => Resources(server).Descriptors <= descriptors, $"no more than {descriptors} descriptors of the server");
        Eventually.True(() => Resources(server).Threads <= threads + 2, $"no more than about {threads} threads of the server");
        Assert.Equal("[]", StockManager.Run("3.13", manager, StockManager.Connect + "print(call('list_segments'))"));
        Assert.Empty(manager.ListBlocks());
    });

    [Fact]
    public void Slow_strangers_delay_nobody_and_give_way_to_others() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start(StockManager.Endpoint);
        var strangers = new List<Socket>();
        try
        {
            // More than there are places. Some say nothing, some begin.
            for (int i = 0; i < PythonListener.MostSessions + 100; i++)
            {
                Socket stranger = Connect(manager.PythonAddress);
                strangers.Add(stranger);
                if (i % 2 == 0)
                {
                    stranger.Send([0, 0]);
                }
            }

            Assert.Equal("None", StockManager.Run("3.11", manager, StockManager.Connect + "print(call('dummy'))"));

            // Those that had to give way are the first, and those that came last are still waited for.
            Eventually.True(() => UnixPeer.HasHungUp(strangers[0]), "the end of the first");
            Assert.False(UnixPeer.HasHungUp(strangers[^1]));
            Assert.InRange(strangers.Count(stranger => !UnixPeer.HasHungUp(stranger)), 400, PythonListener.MostSessions);
        }
        finally
        {
            strangers.ForEach(stranger => stranger.Dispose());
        }
    });

    [Fact]
    public void Who_has_proven_the_key_may_take_its_time() => Watchdog.Run(() =>
    {
        // As Python does that fills a long list between its connection and its word of it: no number of strangers makes it give way.
        using var manager = SharedMemoryManager.Start(StockManager.Endpoint);
        using SharedMemory block = SharedMemory.Create(8);
        using PythonClient.Connection slow = new PythonClient(manager.PythonAddress, manager.GetPythonAuthKey()).Connect();
        var strangers = new List<Socket>();
        for (int i = 0; i < PythonListener.MostSessions + 10; i++)
        {
            strangers.Add(Connect(manager.PythonAddress));
        }

        Eventually.True(() => UnixPeer.HasHungUp(strangers[0]), "the end of the first stranger");
        Assert.Null(slow.Call("track_segment", block.Name));
        Assert.Equal(block.Name, Assert.Single(manager.ListBlocks()).Name);
        strangers.ForEach(stranger => stranger.Dispose());
    });

    [Fact]
    public void Two_hundred_clients_at_once_are_all_served() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start(StockManager.Endpoint);
        var client = new PythonClient(manager.PythonAddress, manager.GetPythonAuthKey());
        SharedMemory[] blocks = [.. Enumerable.Range(0, 200).Select(_ => SharedMemory.Create(8))];

        // All are connected before the first of them says what it wants.
        PythonClient.Connection[] connections = [.. blocks.Select(_ => client.Connect())];
        Parallel.For(0, 200, i => Assert.Null(connections[i].Call("track_segment", blocks[i].Name)));
        Assert.Equal(blocks.Select(block => block.Name).Order(StringComparer.Ordinal), manager.ListBlocks().Select(block => block.Name));
        Array.ForEach(connections, connection => connection.Dispose());

        const string script = StockManager.Connect +
            """
            from threading import Thread
            made = []
            threads = [Thread(target=lambda: made.append(smm.SharedMemory(8))) for _ in range(200)]
            for t in threads: t.start()
            for t in threads: t.join()
            names = set(call('list_segments'))
            print(len(made), all(block.name in names for block in made), len(names))
            """;
        Assert.Equal("200 True 400", StockManager.Run("3.13", manager, script));
        manager.Dispose();
        Assert.All(blocks, block => Assert.False(SharedMemory.Exists(block.Name)));
        Array.ForEach(blocks, block => block.Dispose());
    });

    /// <summary>Real requests of all versions but those that change something, and some that are more than a server of ours should swallow.</summary>
    private static byte[][] Requests() =>
    [
        .. new PythonDeathTests.EveryPython().SelectMany(row => Golden.Of(row.Data)).Select(call => call.Request),
        // os.system by GLOBAL and REDUCE, and by STACK_GLOBAL; a list in itself; a proxy's call; protocol 0; protocol 5.
        [.. "cposix\nsystem\n(X\u0004\0\0\0truetR."u8],
        Convert.FromHexString("80048c05706f736978948c0673797374656d9493948c047472756594859452942e"),
        Convert.FromHexString("5d946800612e"),
        Convert.FromHexString("80048c0461626364948c0761637175697265948885947d9474942e"),
        Convert.FromHexString("284e5664756d6d790a70300a297d742e"),
        Convert.FromHexString("8005951000000000000000284e8c0564756d6d7994297d9474942e"),
    ];

    /// <summary>Sends a frame a connection: some with the key and some without, all changed somewhere; waits for the end of each.</summary>
    private static void Attack(string path, byte[] key, byte[][] requests, Random random, int frames)
    {
        byte[] answer = new byte[4096];
        for (int i = 0; i < frames; i++)
        {
            using Socket socket = Connect(path);
            using var stream = new NetworkStream(socket, ownsSocket: false);
            byte[] request = Impostor.Mutated(Impostor.Frame(requests[random.Next(requests.Length)]), random);
            try
            {
                if (random.Next(2) == 0)
                {
                    PythonHandshake.Connect(stream, key);
                }

                socket.Send(request);
                socket.Shutdown(SocketShutdown.Send);
                while (socket.Receive(answer) > 0)
                {
                }
            }
            catch (SocketException)
            {
                // It hung up before it had all, which is its right.
            }
        }
    }

    private static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    /// <summary>The runtime keeps a library open, and loads it when it is first needed.</summary>
    private static bool IsLibrary(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Extension == ".dll";
        }
        catch (IOException)
        {
            // Closed just now.
            return true;
        }
    }

    private static (int Descriptors, int Threads) Resources(int process) => (
        Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count(file => !IsLibrary(file)),
        int.Parse(Processes.Status(process, "Threads"), CultureInfo.InvariantCulture));
}
