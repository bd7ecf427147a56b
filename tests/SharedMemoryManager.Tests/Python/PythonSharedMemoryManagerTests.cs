namespace Multiprocessing.Tests;

/// <summary>The reverse: a manager that a stock Python runs, and .NET as its client.</summary>
public sealed class PythonSharedMemoryManagerTests
{
    private const string Any = "3.12";

    // Says where it is; ends by itself when its input does.
    private const string Serve =
        """
        import os, sys, threading
        from multiprocessing.managers import SharedMemoryManager
        address = sys.argv[1]
        if address == 'tcp':
            address = ('127.0.0.1', 0)
        elif address == 'none':
            address = None
        elif address.startswith('@'):
            address = '\0' + address[1:]
        if __name__ == '__main__':
            server = SharedMemoryManager(address, b'secret').get_server()
            a = server.address
            print('%s:%d' % a if isinstance(a, tuple) else sys.argv[1] if sys.argv[1][0] == '@' else a, flush=True)
            def end():
                sys.stdin.read()
                os._exit(0)
            threading.Thread(target=end, daemon=True).start()
            server.serve_forever()
        """;

    [Theory]
    [ClassData(typeof(PythonDeathTests.EveryPython))]
    public void Blocks_and_lists_are_made_tracked_listed_released_and_unlinked_at_its_end(string version) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (ConsoleProcess python = Start(version, "none", out string address))
        using (PythonSharedMemoryManager manager = SharedMemoryManager.ConnectPython(address, Golden.Key))
        {
            Assert.Equal(address, manager.Address);
            Assert.Empty(manager.ListBlocks());
            using SharedMemory block = manager.CreateBlock(100);
            using ShareableList list = manager.CreateList("one", 2, null);
            using SharedMemory released = manager.CreateBlock(5);
            Assert.Matches("^psm_[0-9a-f]{8}$", block.Name);
            Assert.Equal([block.Name, list.Name, released.Name], manager.ListBlocks());
            manager.Release(released.Name);
            Assert.False(SharedMemory.Exists(released.Name));
            Assert.Equal([block.Name, list.Name], manager.ListBlocks());
            Assert.Contains(released.Name, Assert.Throws<ArgumentException>(() => manager.Release(released.Name)).Message, StringComparison.Ordinal);

            if (version != "3.8")
            {
                Assert.Equal(
                    "ShareableList(['one', 2, None]",
                    Python.Get(version).Run("import sys; from multiprocessing.shared_memory import *; print(repr(ShareableList(name=sys.argv[1])).split(', name')[0]); "
                        + "from multiprocessing import resource_tracker as r; r.unregister('/' + sys.argv[1], 'shared_memory')", list.Name).Output);
            }

            block.Span[99] = 1;
            manager.ShutdownServer();
            Assert.Equal(0, python.WaitForExit());
            Assert.False(SharedMemory.Exists(block.Name) || SharedMemory.Exists(list.Name));
            Assert.Equal(1, block.Span[99]);
            Assert.Equal(SharedMemoryManagerError.NotFound, Assert.Throws<SharedMemoryManagerException>(() => manager.CreateBlock(8)).Error);
        }

        before.AssertUnchanged();
    });

    [Theory]
    [InlineData("tcp", "3.8")]
    [InlineData("tcp", "3.13")]
    [InlineData("@multiprocessing-test", "3.8")]
    [InlineData("@multiprocessing-test", "3.13")]
    public void Its_address_may_be_a_host_and_port_or_an_abstract_socket(string kind, string version) => Watchdog.Run(() =>
    {
        using ConsoleProcess python = Start(version, kind, out string address);
        using PythonSharedMemoryManager manager = SharedMemoryManager.ConnectPython(address.Replace('@', '\0'), Golden.Key);
        using SharedMemory block = manager.CreateBlock(100);
        Assert.Equal([block.Name], manager.ListBlocks());
        manager.ShutdownServer();
        Assert.False(SharedMemory.Exists(block.Name));
    });

    [Theory]
    [InlineData("3.8")]
    [InlineData("3.13")]
    public void A_block_that_somebody_else_unlinked_stops_neither_Release_nor_the_end(string version) => Watchdog.Run(() =>
    {
        using ConsoleProcess python = Start(version, "none", out string address);
        using PythonSharedMemoryManager manager = SharedMemoryManager.ConnectPython(address, Golden.Key);
        SharedMemory[] blocks = [.. Enumerable.Range(0, 5).Select(_ => manager.CreateBlock(8))];
        blocks[0].Unlink();
        blocks[1].Unlink();
        blocks[3].Unlink();
        Assert.Throws<FileNotFoundException>(() => manager.Release(blocks[0].Name));
        Assert.Equal(4, manager.ListBlocks().Count);
        manager.ShutdownServer();
        Assert.Equal(0, python.WaitForExit());
        Assert.All(blocks, block => Assert.False(SharedMemory.Exists(block.Name)));
        Array.ForEach(blocks, block => block.Dispose());
    });

    [Theory]
    [ClassData(typeof(PythonDeathTests.EveryPython))]
    public void Another_key_is_refused(string version) => Watchdog.Run(() =>
    {
        using ConsoleProcess python = Start(version, "none", out string address);
        var e = Assert.Throws<SharedMemoryManagerException>(() => SharedMemoryManager.ConnectPython(address, "wrong"u8));
        Assert.Equal(SharedMemoryManagerError.Refused, e.Error);
        using PythonSharedMemoryManager manager = SharedMemoryManager.ConnectPython(address, Golden.Key);
        manager.ShutdownServer();
    });

    [Fact]
    public void A_server_that_was_killed_is_not_found_and_no_block_is_made() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using ConsoleProcess python = Start(Any, "@multiprocessing-killed", out string address);
        using PythonSharedMemoryManager manager = SharedMemoryManager.ConnectPython(address.Replace('@', '\0'), Golden.Key);
        python.Kill();
        Assert.Equal(SharedMemoryManagerError.NotFound, Assert.Throws<SharedMemoryManagerException>(() => manager.CreateList(1, 2)).Error);
        Assert.Equal(SharedMemoryManagerError.NotFound, Assert.Throws<SharedMemoryManagerException>(() => manager.ListBlocks()).Error);
        before.AssertUnchanged();
    });

    [Fact]
    public void What_it_is_no_address_of_or_used_for_is_said() => Watchdog.Run(() =>
    {
        Assert.Throws<ArgumentNullException>(() => SharedMemoryManager.ConnectPython(null!, Golden.Key));
        Assert.Throws<ArgumentException>(() => SharedMemoryManager.ConnectPython("", Golden.Key));
        Assert.Throws<ArgumentException>(() => SharedMemoryManager.ConnectPython("localhost:70000", Golden.Key));
        Assert.Throws<ArgumentException>(() => SharedMemoryManager.ConnectPython("localhost:x", Golden.Key));
        Assert.ThrowsAny<ArgumentException>(() => SharedMemoryManager.ConnectPython("/" + new string('a', 200), Golden.Key));
        Assert.Equal(
            SharedMemoryManagerError.NotFound,
            Assert.Throws<SharedMemoryManagerException>(() => SharedMemoryManager.ConnectPython("/tmp/nosuch", Golden.Key)).Error);

        using ConsoleProcess python = Start(Any, "none", out string address);
        PythonSharedMemoryManager manager = SharedMemoryManager.ConnectPython(address, Golden.Key);
        Assert.Throws<ArgumentNullException>(() => manager.Release(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => manager.CreateBlock(0));
        Assert.Empty(manager.ListBlocks());
        manager.Dispose();
        Assert.Throws<ObjectDisposedException>(() => manager.CreateBlock(8));
        Assert.Throws<ObjectDisposedException>(() => manager.ListBlocks());
        SharedMemoryManager.ConnectPython(address, Golden.Key).ShutdownServer();
    });

    [Fact]
    public void A_manager_of_ours_can_be_joined_in_Pythons_way_too() => Watchdog.Run(() =>
    {
        using var ours = SharedMemoryManager.Start(StockManager.Endpoint);
        using PythonSharedMemoryManager manager = SharedMemoryManager.ConnectPython(ours.PythonAddress, ours.GetPythonAuthKey());
        using SharedMemory block = manager.CreateBlock(8);
        Assert.Equal([block.Name], manager.ListBlocks());
        Assert.Throws<UnauthorizedAccessException>(manager.ShutdownServer);
        ours.Dispose();
        Assert.False(SharedMemory.Exists(block.Name));
    });

    private static ConsoleProcess Start(string version, string kind, out string address)
    {
        ConsoleProcess python = Python.Get(version).Start(start => start.ArgumentList.Insert(0, "-S"), Serve, kind);
        address = python.ReadLine();
        return python;
    }
}
