using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Multiprocessing.Tests;

/// <summary>Objects that the server holds, among several processes, and at the deaths of those and of the server.</summary>
public sealed class ObjectDeathTests
{
    /// <summary>Kills a manager: the fifth death within a minute is one too many.</summary>
    private const int Kills = 4;

    [Fact]
    public void Processes_that_count_up_the_same_values_come_to_the_exact_sum() => Watchdog.Run(TimeSpan.FromMinutes(3), () =>
    {
        const int processes = 4;
        const int times = 250;
        using var manager = SharedMemoryManager.Start();
        using ManagedDictionary<string, long> dictionary = manager.CreateDictionary<string, long>();
        using ManagedList<long> list = manager.CreateManagedList<long>();
        using ManagedNamespace names = manager.CreateNamespace();
        list.Add(0);
        names.Set("sum", 0L);
        ChildProcess[] children =
        [
            .. Enumerable.Range(0, processes).Select(_ => ChildProcess.Start(
                start => start.UseManager(manager), "object-count", dictionary.Name, list.Name, names.Name, $"{times}")),
        ];
        Array.ForEach(children, child => Assert.Equal("ready", child.ReadLine()));
        Array.ForEach(children, child => child.WriteLine("go"));
        Array.ForEach(children, child => Assert.Equal("done", child.ReadLine()));
        Array.ForEach(children, child => Assert.Equal(0, child.WaitForExit()));
        const long sum = processes * times;
        Assert.Equal((sum, sum, sum), (dictionary["sum"], list[0], names.Get<long>("sum")));
        long[] added = list.ToArray()[1..];
        Assert.Equal(sum, added.Length);
        Assert.All(added.GroupBy(value => value / 1000), own => Assert.Equal(own.Order(), own));
        Array.ForEach(children, child => child.Dispose());
    });

    [Fact]
    public void A_client_that_is_killed_gives_its_references_back() => Watchdog.Run(Deaths.Limit, () =>
    {
        using var manager = SharedMemoryManager.Start();
        string address = manager.Address;
        for (int round = 0; round < 5; round++)
        {
            using ChildProcess made = ChildProcess.Start(start => start.UseManager(manager), "object-make");
            string name = made.ReadLine();
            using ChildProcess held = ChildProcess.Start(start => start.UseManager(manager), "object-hold", name);
            Assert.Equal("1", held.ReadLine());
            made.Kill();
            Eventually.True(() => manager.ListObjects()[0].References == 1, "the maker's reference to be given back");
            held.Kill();
            Eventually.True(() => manager.ListObjects().Count == 0, "the object to go with its last reference");
        }

        using ChildProcess keeper = ChildProcess.Start(start => start.UseManager(manager), "object-make", "keep");
        string kept = keeper.ReadLine();
        keeper.Kill();
        Eventually.True(() => manager.ListObjects()[0].References == 0, "the maker's reference to be given back");
        using ManagedDictionary<string, int> again = manager.AttachDictionary<string, int>(kept);
        Assert.Equal(1, again["one"]);
    });

    [Fact]
    public void A_client_killed_in_the_middle_of_its_changes_has_made_each_of_them_whole_or_not_at_all() => Watchdog.Run(Deaths.Limit, () =>
    {
        var random = new Random(46_000_000);
        using var manager = SharedMemoryManager.Start();
        using ManagedNamespace names = manager.CreateNamespace();
        names.Set("sum", 0L);
        for (int round = 0; round < Math.Max(1, Deaths.Rounds / 20); round++)
        {
            using ManagedDictionary<string, long> dictionary = manager.CreateDictionary<string, long>();
            using ManagedList<long> list = manager.CreateManagedList<long>();
            list.Add(0);
            using ChildProcess child = ChildProcess.Start(start => start.UseManager(manager), "object-count", dictionary.Name, list.Name, names.Name, "1000000");
            Assert.Equal("ready", child.ReadLine());
            child.WriteLine("go");
            Eventually.True(() => list.Count > 3, "the first changes");
            Deaths.Sleep(random.NextDouble() * 20);
            child.Kill();
            Eventually.True(() => manager.ListObjects().All(each => each.References == 1), "the child's references to be given back");

            // One after the other it changes the dictionary, the list's first item, the namespace, and appends.
            long appended = list.Count - 1;
            Assert.Equal(Enumerable.Range(0, (int)appended).Select(i => (child.Id * 1000L) + i), list.Skip(1));
            Assert.InRange(list[0], appended, appended + 1);
            Assert.InRange(dictionary["sum"], list[0], list[0] + 1);
        }
    });

    [Fact]
    public void A_scope_and_a_disposed_connection_give_their_references_back() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using ManagedDictionary<string, int> one = manager.CreateDictionary<string, int>();
        using (ChildProcess child = ChildProcess.Start(start => start.UseManager(manager), "object-scope", one.Name))
        {
            Assert.StartsWith("0 list_", child.ReadLine(), StringComparison.Ordinal);
            Assert.Equal([2, 1], manager.ListObjects().Select(each => each.References));
            child.WriteLine("end");
            Assert.Equal("ended", child.ReadLine());
            Assert.Equal([1], manager.ListObjects().Select(each => each.References));
            child.WriteLine("exit");
            child.WaitForExit();
        }

        using (var client = SharedMemoryManager.Connect(manager.Address))
        {
            _ = client.CreateNamespace();
            _ = client.AttachDictionary<string, int>(one.Name);
        }

        Eventually.True(() => manager.ListObjects() is [{ References: 1 }], "the connection's references to be given back");
    });

    [Fact]
    public void The_next_server_holds_what_the_one_before_held() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start())
        using (var client = SharedMemoryManager.Connect(manager.Address))
        {
            using ManagedDictionary<string, string> dictionary = manager.CreateDictionary<string, string>();
            using ManagedList<int> list = client.CreateManagedList<int>();
            using ManagedNamespace names = manager.CreateNamespace(keep: true);
            using ManagedDictionary<string, string> same = client.AttachDictionary<string, string>(dictionary.Name);
            names.Set("a", 1.5);
            for (int round = 0; round < Kills; round++)
            {
                // More than a first journal holds, so that it is written anew.
                for (int i = 0; i < 200; i++)
                {
                    dictionary[$"{i % 50}"] = new string('x', 1000 + round);
                    list.Add(i);
                }

                list.RemoveAt(0);
                IReadOnlyList<ManagedObjectInfo> known = manager.ListObjects();
                Kill(manager);
                Assert.Equal(known, client.ListObjects());
                Assert.Equal((50, (round + 1) * 199), (same.Count, list.Count));
                Assert.All(dictionary, item => Assert.Equal(new string('x', 1000 + round), item.Value));
                Assert.Equal(1.5, names.Get<double>("a"));
                Assert.Single(manager.ListBlocks(), block => block.Kind == "journal");
            }

            Assert.Equal(3, manager.ListObjects().Count);
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void A_client_killed_while_there_is_no_server_gives_its_references_back_too() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using ChildProcess child = ChildProcess.Start(start => start.UseManager(manager), "object-make");
        string name = child.ReadLine();
        using ManagedDictionary<string, int> one = manager.AttachDictionary<string, int>(name);
        Signals.Send(child.Id, Signals.Stop);
        Kill(manager);

        // A client that is merely stopped keeps what it has.
        Thread.Sleep(2500);
        Assert.Equal(2, manager.ListObjects()[0].References);
        Signals.Send(child.Id, Signals.Kill);
        Eventually.True(() => manager.ListObjects()[0].References == 1, "the dead client's reference to be given back");
        Assert.Equal(1, one["one"]);
    });

    [Fact]
    public void A_server_killed_at_any_moment_loses_no_change_and_makes_none_twice() => Watchdog.Run(Deaths.Limit, () =>
    {
        var random = new Random(45_000_000);
        for (int round = 0; round < Math.Max(1, Deaths.Rounds / 20); round++)
        {
            ShmSnapshot before = ShmSnapshot.Take();
            using (var manager = SharedMemoryManager.Start())
            using (var client = SharedMemoryManager.Connect(manager.Address))
            {
                ChangeWhileServersDie(manager, client, random);
            }

            before.AssertUnchanged();
        }
    });

    [Fact]
    public void A_change_that_is_asked_for_again_under_its_number_is_made_once() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using ManagedList<int> list = manager.CreateManagedList<int>();
        string[] parts = manager.Address["unix:".Length..].Split("?token=");
        string hello = $$"""{"jsonrpc":"2.0","id":1,"method":"hello","params":["{{parts[1]}}",1]}""";
        const string join = """{"jsonrpc":"2.0","id":2,"method":"joinObjects","params":["0123456789abcdef.7"]}""";
        string add = $$"""{"jsonrpc":"2.0","id":3,"method":"callObject","params":["{{list.Name}}","add",5,[7]]}""";
        using (Socket first = Connect(parts[0]))
        {
            Assert.Contains("psm_", Ask(first, hello), StringComparison.Ordinal);
            Assert.Contains("\"result\":null", Ask(first, join), StringComparison.Ordinal);
            Assert.EndsWith("\"result\":0}", Ask(first, add), StringComparison.Ordinal);
            Assert.EndsWith("\"result\":0}", Ask(first, add), StringComparison.Ordinal);
            Kill(manager);
        }

        Assert.Equal([7], list);
        using Socket second = Connect(parts[0]);
        Ask(second, hello);
        Assert.Contains("\"result\":null", Ask(second, join), StringComparison.Ordinal);

        // Nobody holds the lease 0123456789abcdef, so the next server may have forgotten him, and then it is a new call.
        string answer = Ask(second, add);
        Assert.True(answer.EndsWith("\"result\":0}", StringComparison.Ordinal) || list.Count == 2, answer);
        Assert.Contains("\"code\":14", Ask(second, add.Replace("add\",5", "add\",4", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("\"code\":10", Ask(second, add.Replace(list.Name, "list_0_0", StringComparison.Ordinal).Replace(",5", ",6", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("\"code\":-32601", Ask(second, add.Replace("add\",5", "fly\",6", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("\"code\":-32602", Ask(second, add.Replace("5,[7]", "6,[]", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("\"code\":-32602", Ask(second, add.Replace(",5,", ",\"x\",", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(
            "dictionary_", Ask(second, """{"jsonrpc":"2.0","id":3,"method":"callObject","params":{"operation":"create","arguments":["dictionary"]}}"""), StringComparison.Ordinal);
        string half = $$$"""{"jsonrpc":"2.0","id":3,"method":"callObject","params":{"object":"dictionary_{{{manager.Id}}}_2","operation":"set","arguments":["\ud83d",1]}}""";
        Assert.Contains("\"code\":-32602", Ask(second, half), StringComparison.Ordinal);
        Assert.Contains("\"code\":13", Ask(second, add.Replace("add\",5,[7]", "get\",null,[99]", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("\"code\":11", Ask(second, add.Replace("add\",5,[7]", "attach\",null,[\"namespace\"]", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("\"code\":-32600", Ask(second, join), StringComparison.Ordinal);
    });

    [Fact]
    public void Nobody_calls_before_hello() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using Socket socket = Connect(manager.Address["unix:".Length..].Split("?token=")[0]);
        Assert.Contains("\"code\":1,", Ask(socket, """{"jsonrpc":"2.0","id":3,"method":"callObject","params":["","objects"]}"""), StringComparison.Ordinal);
        Assert.Contains("\"code\":1,", Ask(socket, """{"jsonrpc":"2.0","id":3,"method":"joinObjects","params":["x"]}"""), StringComparison.Ordinal);
    });

    [Fact]
    public void A_journal_that_somebody_wrote_into_is_given_up_where_it_is_broken_and_the_manager_goes_on() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start())
        {
            using ManagedList<int> list = manager.CreateManagedList<int>();
            list.AddRange([1, 2, 3]);
            using (SharedMemory journal = SharedMemory.Attach(manager.ListBlocks().Single(block => block.Kind == "journal").Name))
            {
                // The first record's length.
                journal.GetReference<int>(64) = int.MaxValue;
            }

            Kill(manager);
            Assert.Equal(SharedMemoryManagerError.ObjectNotFound, Assert.Throws<SharedMemoryManagerException>(() => list.Count).Error);
            using ManagedList<int> next = manager.CreateManagedList<int>();
            next.Add(5);
            Kill(manager);
            Assert.Equal([5], next);
        }

        before.AssertUnchanged();
    });

    /// <summary>Changes of which each tells whether it was lost, or made twice, while servers are killed beside them.</summary>
    private static void ChangeWhileServersDie(SharedMemoryManager manager, SharedMemoryManager client, Random random)
    {
        using ManagedDictionary<string, long> sums = manager.CreateDictionary<string, long>();
        using ManagedList<long> list = manager.CreateManagedList<long>();
        using var stop = new CancellationTokenSource();
        var added = new ConcurrentDictionary<int, List<long>>();
        long counted = 0;
        Task[] users =
        [
            .. Enumerable.Range(0, 4).Select(user => Task.Factory.StartNew(
                () =>
                {
                    SharedMemoryManager own = user % 2 == 0 ? manager : client;
                    using ManagedDictionary<string, long> mySums = own.AttachDictionary<string, long>(sums.Name);
                    using ManagedList<long> myList = own.AttachManagedList<long>(list.Name);
                    List<long> mine = added[user] = [];
                    for (long i = 0; !stop.IsCancellationRequested; i++)
                    {
                        mySums.AddOrUpdate("sum", 1, value => value + 1);
                        Interlocked.Increment(ref counted);
                        mine.Add((user * 1_000_000) + i);
                        myList.Add(mine[^1]);

                        // Made twice, it would say no; lost, it would be found missing.
                        Assert.True(mySums.TryAdd($"{user}/{i}", i));
                        Assert.True(mySums.Remove($"{user}/{i}", out long was));
                        Assert.Equal(i, was);
                        Assert.Equal(i + 1, mySums.AddOrUpdate($"own {user}", 1, value => value + 1));
                    }
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)),
        ];
        for (int kill = 0; kill < Kills; kill++)
        {
            // A server that is not up yet counts as well.
            Thread.Sleep(random.Next(400));
            Signals.Send(manager.ServerProcessId, Signals.Kill);
        }

        Thread.Sleep(random.Next(200));
        stop.Cancel();
        Task.WaitAll(users);
        Assert.Equal(counted, sums["sum"]);
        long[] all = list.ToArray();
        Assert.Equal(added.Values.Sum(mine => mine.Count), all.Length);
        foreach ((int user, List<long> mine) in added)
        {
            Assert.Equal(mine, all.Where(value => value / 1_000_000 == user));
        }
    }

    private static void Kill(SharedMemoryManager manager)
    {
        _ = manager.Address;
        int server = manager.ServerProcessId;
        Assert.True(Signals.Send(server, Signals.Kill));
        Eventually.True(() => manager.ServerProcessId != server, "the next server");
    }

    private static Socket Connect(string path)
    {
        for (int attempt = 1; ; attempt++)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                return socket;
            }
            catch (SocketException) when (attempt < 1000)
            {
                socket.Dispose();
                Thread.Sleep(10);
            }
        }
    }

    private static string Ask(Socket socket, string message)
    {
        socket.Send(Encoding.UTF8.GetBytes($"Content-Length: {Encoding.UTF8.GetByteCount(message)}\r\n\r\n{message}"));
        byte[] buffer = new byte[65536];
        int got = 0;
        while (true)
        {
            int read = socket.Receive(buffer, got, buffer.Length - got, SocketFlags.None);
            Assert.NotEqual(0, read);
            got += read;
            string text = Encoding.UTF8.GetString(buffer, 0, got);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end > 0 && got == end + 4 + int.Parse(text["Content-Length: ".Length..end], System.Globalization.CultureInfo.InvariantCulture))
            {
                return text[(end + 4)..];
            }
        }
    }
}
