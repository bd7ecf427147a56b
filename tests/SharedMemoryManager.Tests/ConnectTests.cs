using System.Diagnostics;
using System.Net.Sockets;

namespace Multiprocessing.Tests;

/// <summary>Other processes, of .NET and of Python, that share an owner's manager or its blocks.</summary>
public sealed class ConnectTests
{
    [Fact]
    public void A_connected_process_hands_out_under_a_prefix_of_its_own() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using var one = SharedMemoryManager.Connect(manager.Address);
        using var two = SharedMemoryManager.Connect(manager.Address);
        Assert.Equal((manager.Id, manager.ServerProcessId, manager.Address), (one.Id, one.ServerProcessId, one.Address));
        using SharedMemory a = one.CreateBlock(1);
        using SharedMemory b = two.CreateBlock(1);
        Assert.Matches($"^psm_{manager.Id}_c[0-9a-f]{{6}}_1$", a.Name);
        Assert.Matches($"^psm_{manager.Id}_c[0-9a-f]{{6}}_1$", b.Name);
        Assert.NotEqual(a.Name, b.Name);
        Assert.Equal(new[] { a.Name, b.Name }.Order(StringComparer.Ordinal), one.ListBlocks().Select(block => block.Name));
    });

    [Fact]
    public void A_child_joins_by_its_environment_and_what_it_makes_outlives_it_until_the_manager_ends() => Watchdog.Run(() =>
    {
        string[] names;
        using (var manager = SharedMemoryManager.Start())
        {
            int pid;
            using (ChildProcess client = ChildProcess.Start(start => start.UseManager(manager), "client-hold"))
            {
                names = client.ReadLine().Split(' ');
                pid = client.Id;
                using ShareableList list = ShareableList.Attach(names[1]);
                Assert.Equal([1L, 2L, 3L], list);
                client.WriteLine("end");
                Assert.Equal(0, client.WaitForExit());
            }

            Assert.Equal([(names[0], "block", pid), (names[1], "list", pid)], manager.ListBlocks().Select(b => (b.Name, b.Kind, b.OwnerProcessId)));
        }

        Assert.All(names, name => Assert.False(SharedMemory.Exists(name)));
    });

    [Fact]
    public void Disposing_a_connected_manager_leaves_the_manager_and_its_blocks() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        SharedMemory block;
        using (var client = SharedMemoryManager.Connect(manager.Address))
        {
            block = client.CreateBlock(1);
        }

        Assert.Equal([block.Name], manager.ListBlocks().Select(b => b.Name));
        manager.Release(block.Name);
        block.Dispose();
    });

    [Fact]
    public void A_client_releases_and_scopes_like_the_owner() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using var client = SharedMemoryManager.Connect(manager.Address);
        using SharedMemory owners = manager.CreateBlock(1);
        client.Release(owners.Name);
        using (SharedMemoryScope scope = client.BeginScope())
        {
            scope.CreateBlock(1).Dispose();
            Assert.Single(manager.ListBlocks());
        }

        Assert.Empty(manager.ListBlocks());
    });

    [Fact]
    public void A_client_of_a_manager_that_has_ended_gets_ServerLost() => Watchdog.Run(() =>
    {
        var manager = SharedMemoryManager.Start();
        using var client = SharedMemoryManager.Connect(manager.Address);
        using SharedMemory block = client.CreateBlock(1);
        manager.Dispose();
        Assert.False(SharedMemory.Exists(block.Name));
        Assert.Equal(SharedMemoryManagerError.ServerLost, Assert.Throws<SharedMemoryManagerException>(() => client.CreateBlock(1)).Error);
        Assert.Equal(SharedMemoryManagerError.ServerLost, Assert.Throws<SharedMemoryManagerException>(() => client.ListBlocks()).Error);
        block.Span[0] = 1;
    });

    [Fact]
    public void Connecting_to_nothing_with_a_wrong_token_or_no_address_is_refused_by_name() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        string address = manager.Address;
        string wrong = address[..^4] + (address.EndsWith("0000", StringComparison.Ordinal) ? "1111" : "0000");
        Assert.Equal(SharedMemoryManagerError.Refused, Assert.Throws<SharedMemoryManagerException>(() => SharedMemoryManager.Connect(wrong)).Error);
        string nowhere = address.Replace(manager.Id, "000000000000", StringComparison.Ordinal);
        Assert.Equal(SharedMemoryManagerError.NotFound, Assert.Throws<SharedMemoryManagerException>(() => SharedMemoryManager.Connect(nowhere)).Error);
        Assert.Throws<ArgumentException>(() => SharedMemoryManager.Connect("tcp:localhost"));
        Assert.Throws<InvalidOperationException>(() => SharedMemoryManager.Connect());

        // It serves on.
        using var client = SharedMemoryManager.Connect(address);
        Assert.Empty(client.ListBlocks());
    });

    [Fact]
    public void Another_user_cannot_connect() => Watchdog.Run(() =>
    {
        Peer.Require(Environment.UserName == "root" && File.Exists("/usr/bin/setpriv"), "root and setpriv, to be another user");
        using var manager = SharedMemoryManager.Start();
        string path = manager.Address["unix:".Length..manager.Address.IndexOf('?', StringComparison.Ordinal)];
        const string script =
            """
            import socket, sys
            s = socket.socket(socket.AF_UNIX)
            try:
                s.connect(sys.argv[1])
                print('connected', s.recv(1))
            except PermissionError:
                print('refused')
            """;
        Assert.Equal("refused", AsNobody(script, path));

        // Were the folder open, the kernel's word on who the peer is would still turn it away, unheard.
        File.SetUnixFileMode(Path.GetDirectoryName(path)!, (UnixFileMode)0x1ff);
        File.SetUnixFileMode(path, (UnixFileMode)0x1ff);
        Assert.Equal("connected b''", AsNobody(script, path));
    });

    [Fact]
    public void The_socket_lies_in_a_folder_for_its_user_alone_and_goes_with_the_manager() => Watchdog.Run(() =>
    {
        string folder;
        using (var manager = SharedMemoryManager.Start())
        {
            folder = Path.GetDirectoryName(manager.Address["unix:".Length..])!;
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }

        Assert.False(Directory.Exists(folder));
    });

    [Fact]
    public void A_server_that_cannot_make_its_socket_guards_its_owner_all_the_same() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start(new() { TemporaryDirectory = "/proc/nowhere" }))
        {
            SharedMemoryManagerException e = Assert.Throws<SharedMemoryManagerException>(() => manager.Address);
            Assert.Equal(SharedMemoryManagerError.NoAddress, e.Error);
            Assert.Contains("/proc/nowhere", e.Message, StringComparison.Ordinal);
            using SharedMemory block = manager.CreateBlock(1);
            Assert.Single(manager.ListBlocks());
        }

        before.AssertUnchanged();
    });

    [Theory]
    [ClassData(typeof(PythonVersions))]
    public void Stock_Python_works_in_place_on_a_managed_block_and_list(string version) => Watchdog.Run(() =>
    {
        // A tracker that believes the names its own would unlink them when Python ends (gh-82300).
        const string script =
            """
            import sys
            from multiprocessing import resource_tracker
            from multiprocessing.shared_memory import SharedMemory, ShareableList
            block, items = SharedMemory(sys.argv[1]), ShareableList(name=sys.argv[2])
            block.buf[1] = block.buf[0] + 1
            items[1] += 1
            print(list(items), block.size)
            for shm in block, items.shm:
                resource_tracker.unregister(shm._name, 'shared_memory')
                shm.close()
            """;
        Python python = Python.Get(version);
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(10);
        using ShareableList list = manager.CreateList("howdy", 41, null);
        block.Span[0] = 7;
        Assert.Equal("['howdy', 42, None] 10", python.Run(script, block.Name, list.Name).Output);
        Assert.Equal(8, block.Span[1]);
        Assert.Equal(42L, list[1]);
    });

    [Fact]
    public void Two_hundred_clients_at_once_are_served_and_a_silent_one_delays_nobody() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        string address = manager.Address;
        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        silent.Connect(new UnixDomainSocketEndPoint(address["unix:".Length..address.IndexOf('?', StringComparison.Ordinal)]));
        SharedMemoryManager[] clients = [.. Enumerable.Range(0, 200).Select(_ => SharedMemoryManager.Connect(address))];
        Parallel.ForEach(clients, client =>
        {
            using SharedMemory block = client.CreateBlock(1);
            Assert.Contains(client.ListBlocks(), b => b.Name == block.Name);
        });
        Assert.Equal(200, manager.ListBlocks().Count);
        Array.ForEach(clients, client => client.Dispose());
    });

    private static string AsNobody(string script, string path)
    {
        // Debian's interpreter: one that lies in root's home could not be read.
        using Process process = Process.Start(new ProcessStartInfo(
            "/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-c", script, path])
        {
            RedirectStandardOutput = true,
        })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Trim();
    }
}
