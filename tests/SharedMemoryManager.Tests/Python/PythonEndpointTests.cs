using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Multiprocessing.Tests;

/// <summary>Stock Python managers connect, and what they make is ours to keep and to unlink.</summary>
public sealed class PythonEndpointTests
{
    private const string Any = "3.11";

    [Theory]
    [ClassData(typeof(PythonDeathTests.EveryPython))]
    public void What_a_stock_manager_made_lives_through_its_exit_until_our_manager_ends(string version) => WithMade(version, process =>
    {
        process.WriteLine("end");
        Assert.Equal(0, process.WaitForExit());
    });

    [Theory]
    [ClassData(typeof(PythonDeathTests.EveryPython))]
    public void What_a_stock_manager_made_lives_through_its_kill_until_our_manager_ends(string version) => WithMade(version, process => process.Kill());

    [Theory]
    [ClassData(typeof(PythonDeathTests.EveryPython))]
    public void The_calls_of_its_server_have_the_results_of_CPythons(string version) => Watchdog.Run(() =>
    {
        const string script = StockManager.Connect +
            """
            block = smm.SharedMemory(10)
            print(call('dummy'), repr(call('debug_info')), call('number_of_objects'))
            print(call('list_segments') == sorted([sys.argv[1], block.name]))
            call('track_segment', segment_name=block.name)
            print(len(call('list_segments')))
            call('release_segment', block.name)
            call('release_segment', sys.argv[1])
            print(call('list_segments'))
            print(error('release_segment', block.name))
            print(error('release_segment', sys.argv[1]))
            print(error('track_segment', 'psm_nosuch'))
            print(error('track_segment', 5))
            print(error('bogus'))
            print(error('dummy', 1))
            print(error('create', 'dict'))
            print(error('shutdown'))
            """;
        using var manager = SharedMemoryManager.Start(StockManager.Endpoint);
        using SharedMemory own = manager.CreateBlock(8);
        manager.ListBlocks();
        Assert.Equal(
            $"""
            None '' 0
            True
            2
            []
            RemoteError ValueError: list.remove(x): x not in list
            RemoteError FileNotFoundError: [Errno 2] No such file or directory: '/{own.Name}'
            RemoteError FileNotFoundError: [Errno 2] No such file or directory: '/psm_nosuch'
            RemoteError TypeError: track_segment() takes one argument: segment_name, a str
            RemoteError AssertionError: 'bogus' unrecognized
            RemoteError TypeError: dummy() takes no arguments
            RemoteError KeyError: 'create: this server keeps shared memory, and no objects'
            RemoteError PermissionError: the manager ends with the process that owns it
            """.ReplaceLineEndings("\n"),
            StockManager.Run(version, manager, script, own.Name));
        Assert.Empty(manager.ListBlocks());
    });

    [Theory]
    [InlineData("3.8")]
    [InlineData("3.13")]
    public void A_server_that_is_killed_leaves_them_to_the_next_one(string version) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start(StockManager.Endpoint))
        {
            string address = manager.PythonAddress;
            string[] names;
            using (ConsoleProcess python = StockManager.Start(version, manager, StockManager.Make))
            {
                names = python.ReadLine().Split(' ');
                Signals.Send(manager.ServerProcessId, Signals.Kill);
            }

            // Whichever comes first, the tracker's unlink or the next server.
            Eventually.True(() => !Processes.Trackers().Any(), "the trackers' end");
            Assert.Equal(names.Order(StringComparer.Ordinal), manager.ListBlocks().Select(block => block.Name));
            Eventually.True(() => names.All(SharedMemory.Exists), "the names' return");
            using (SharedMemory block = SharedMemory.Attach(names[0]))
            {
                Assert.Equal(7, block.Span[0]);
            }

            Assert.Equal(address, manager.PythonAddress);
            Assert.Equal("3", StockManager.Run(version, manager, StockManager.Connect + "b = smm.SharedMemory(1); print(len(call('list_segments')))"));
            Assert.Equal(3, manager.Shutdown().Removed);
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void Release_and_the_guard_know_them_from_others_of_their_name() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start(StockManager.Endpoint);
        using SharedMemory first = SharedMemory.Create(8);
        using SharedMemory second = SharedMemory.Create(8);
        Track(manager, first.Name);
        Track(manager, second.Name);
        File.Delete($"/dev/shm/{first.Name}");
        Eventually.True(() => SharedMemory.Exists(first.Name), "the name's return");
        manager.Release(first.Name);
        Assert.False(SharedMemory.Exists(first.Name));
        Assert.Throws<ArgumentException>(() => manager.Release(first.Name));
        Assert.Equal([second.Name], manager.ListBlocks().Select(block => block.Name));

        // Another block under a name that was ours: the guard is quicker than anybody, but not while it is stopped.
        Signals.Send(manager.ServerProcessId, Signals.Stop);
        second.Unlink();
        using SharedMemory other = SharedMemory.Create(16, second.Name);
        Signals.Send(manager.ServerProcessId, Signals.Continue);
        Assert.Equal(8, Assert.Single(manager.ListBlocks()).Size);
        manager.Dispose();
        Assert.True(SharedMemory.Exists(other.Name));
        other.Unlink();
    });

    [Fact]
    public void What_is_no_block_of_this_users_is_not_taken() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start(StockManager.Endpoint);
        using var another = SharedMemoryManager.Start();
        using SharedMemory anothers = another.CreateBlock(8);
        using SharedMemory foreign = SharedMemory.Create(8);
        another.ListBlocks();
        string folder = Directory.CreateDirectory("/dev/shm/psm_folder").FullName;
        string link = File.CreateSymbolicLink("/dev/shm/psm_link", "/etc/passwd").FullName;
        string semaphore = "/dev/shm/sem.psm_mine";
        File.WriteAllText(semaphore, "");
        try
        {
            (string Name, string Error)[] refused =
            [
                ("", "ValueError"), (".", "ValueError"), ("..", "ValueError"), ("a/b", "ValueError"), ("/" + foreign.Name, "ValueError"),
                ("file:///etc/passwd", "ValueError"), ("a\0b", "ValueError"), (new string('a', 240), "ValueError"),
                (anothers.Name, "ValueError"), ($".{anothers.Name}", "ValueError"), ($".psm_{another.Id}.lease", "ValueError"),
                ($".psm_{manager.Id}.lease", "ValueError"), ($"psm_{manager.Id}_77", "FileNotFoundError"),
                ("sem.psm_mine", "ValueError"), ("psm_folder", "PermissionError"), ("psm_link", "PermissionError"), ("psm_nosuch", "FileNotFoundError"),
            ];
            foreach ((string name, string error) in refused)
            {
                Assert.Equal((name, error), (name, Assert.Throws<PythonException>(() => Track(manager, name)).Type));
            }

            if (Environment.UserName == "root")
            {
                // Root may link, and unlink, what is anybody's: that is no reason to.
                Assert.Equal(0, Chown($"/dev/shm/{foreign.Name}", 12345));
                Assert.Equal("PermissionError", Assert.Throws<PythonException>(() => Track(manager, foreign.Name)).Type);
            }

            Assert.Empty(manager.ListBlocks());
            Assert.Empty(Directory.EnumerateFiles("/dev/shm", $".psm_{manager.Id}_*", FileListing.HiddenToo));
            manager.Dispose();
            Assert.True(SharedMemory.Exists(foreign.Name) && SharedMemory.Exists(anothers.Name) && File.Exists(semaphore));
        }
        finally
        {
            foreign.Unlink();
            Directory.Delete(folder);
            File.Delete(link);
            File.Delete(semaphore);
        }
    });

    [Theory]
    [ClassData(typeof(PythonDeathTests.EveryPython))]
    public void A_wrong_key_is_refused_and_said_and_harms_nobody(string version) => Watchdog.Run(() =>
    {
        var log = new LogLines();
        using var manager = SharedMemoryManager.Start(StockManager.Endpoint with { Logger = log });
        string error = StockManager.Run(
            version,
            manager,
            """
            import os
            from multiprocessing.managers import SharedMemoryManager
            try:
                SharedMemoryManager(os.environ['MULTIPROCESSING_MANAGER_PYTHON'], b'wrong').connect()
            except Exception as e:
                print(type(e).__name__, e)
            """);
        Assert.Equal("AuthenticationError digest sent was rejected", error);
        Assert.Equal("[]", StockManager.Run(version, manager, StockManager.Connect + "print(call('list_segments'))"));
        Signals.Send(manager.ServerProcessId, Signals.Kill);
        Eventually.True(() => log.Text.Contains("refused for the 1. time: The other end has another key.", StringComparison.Ordinal), "the word of it");
    });

    [Fact]
    public void A_given_address_and_key_are_used_and_a_socket_of_the_dead_is_taken_over() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string path = Path.Combine(Path.GetTempPath(), $"python-{Environment.ProcessId}.sock");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path + "x"));
            File.Move(path + "x", path);
        }

        SharedMemoryManagerOptions options = new() { PythonEndpoint = new() { Address = path, AuthKey = "secret"u8.ToArray() } };
        using (var manager = SharedMemoryManager.Start(options))
        {
            Assert.Equal(path, manager.PythonAddress);
            Assert.Equal("secret"u8.ToArray(), manager.GetPythonAuthKey());
            Assert.Equal("[]", StockManager.Run(Any, manager, StockManager.Connect + "print(call('list_segments'))"));

            // Its successor listens there too.
            Signals.Send(manager.ServerProcessId, Signals.Kill);
            manager.ListBlocks();
            Assert.Equal("[]", StockManager.Run(Any, manager, StockManager.Connect + "print(call('list_segments'))"));

            // Nobody else can.
            using var second = SharedMemoryManager.Start(options);
            var e = Assert.Throws<SharedMemoryManagerException>(() => second.PythonAddress);
            Assert.Equal(SharedMemoryManagerError.NoAddress, e.Error);
            Assert.Contains("in use", e.Message, StringComparison.Ordinal);
            Assert.NotEmpty(second.Address);
            second.Dispose();
            Assert.True(File.Exists(path));
        }

        Assert.False(File.Exists(path));
        before.AssertUnchanged();
    });

    [Fact]
    public void A_file_in_the_place_of_the_socket_stays() => Watchdog.Run(() =>
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "precious");
        using (var manager = SharedMemoryManager.Start(new() { PythonEndpoint = new() { Address = path } }))
        {
            Assert.Throws<SharedMemoryManagerException>(() => manager.PythonAddress);
        }

        Assert.Equal("precious", File.ReadAllText(path));
        File.Delete(path);
    });

    [Fact]
    public void Without_an_endpoint_there_is_none() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        Assert.Throws<InvalidOperationException>(() => manager.PythonAddress);
        using var connected = SharedMemoryManager.Connect(manager.Address);
        Assert.Throws<InvalidOperationException>(() => connected.GetPythonAuthKey());
        Assert.Throws<ArgumentException>(() => SharedMemoryManager.Start(new() { PythonEndpoint = new() { Address = new string('a', 200) } }));
    });

    [Fact]
    public void Without_GuardNames_they_are_tracked_all_the_same_and_nothing_is_put_back() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start(StockManager.Endpoint with { GuardNames = false }))
        {
            using SharedMemory block = SharedMemory.Create(8);
            using SharedMemory gone = SharedMemory.Create(8);
            Track(manager, block.Name);
            Track(manager, gone.Name);
            gone.Unlink();
            Thread.Sleep(200);
            Assert.False(SharedMemory.Exists(gone.Name));
            Assert.Equal(2, manager.ListBlocks().Count);
        }

        before.AssertUnchanged();
    });

    /// <summary>Tracks a name without a Python, which would not do so with most of them.</summary>
    private static void Track(SharedMemoryManager manager, string name)
    {
        using PythonClient.Connection connection = new PythonClient(manager.PythonAddress, manager.GetPythonAuthKey()).Connect();
        connection.Call("track_segment", name);
    }

    private static void WithMade(string version, Action<ConsoleProcess> end) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start(StockManager.Endpoint))
        {
            using ConsoleProcess python = StockManager.Start(version, manager, StockManager.Make);
            string[] names = python.ReadLine().Split(' ');
            Assert.All(names, name => Assert.Matches("^psm_[0-9a-f]{8}$", name));
            TrackedBlock listed = manager.ListBlocks().Single(block => block.Name == names[0]);
            Assert.Equal((64, python.Id), (listed.Size, listed.OwnerProcessId));
            end(python);

            // CPython's resource tracker has unlinked both by now.
            Eventually.True(() => !Processes.Trackers().Any(), "the tracker's end");
            Eventually.True(() => names.All(SharedMemory.Exists), "the names' return");
            Assert.Equal(names.Order(StringComparer.Ordinal), manager.ListBlocks().Select(block => block.Name));
            using (SharedMemory block = SharedMemory.Attach(names[0]))
            {
                Assert.Equal(7, block.Span[0]);
            }

            if (version != "3.8")
            {
                // (The lists of 3.8 have another layout, which none of its successors reads either.)
                using ShareableList list = ShareableList.Attach(names[1]);
                Assert.Equal(["one", 2L, null], list);
            }

            Assert.Equal(2, manager.Shutdown().Removed);
        }

        before.AssertUnchanged();
    });

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "chown")]
    private static extern int ChownNative([System.Runtime.InteropServices.MarshalAs(System.Runtime.InteropServices.UnmanagedType.LPUTF8Str)] string path, uint user, uint group);

    private static int Chown(string path, uint user) => ChownNative(path, user, user);

    private sealed class LogLines : ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = [];

        internal string Text => string.Join('\n', _lines);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(formatter(state, exception));
    }
}
