using System.Collections.Concurrent;

namespace Multiprocessing.Tests;

/// <summary>A server without an owner, for processes that have none in common.</summary>
public sealed class ServeTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Theory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Interrupt)]
    public void A_signal_ends_it_cleanly_with_all_that_its_clients_made(int signal) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string file = Path.Combine(Path.GetTempPath(), $"address-{Environment.ProcessId}");
        using (ChildProcess server = ChildProcess.Start("serve", $"file={file}"))
        {
            string address = server.ReadLine();
            Assert.Equal(address + "\n", File.ReadAllText(file));
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
            using ChildProcess first = ChildProcess.Start("serve-client", address);
            using ChildProcess second = ChildProcess.Start("serve-client", address);
            string[] names = [.. first.ReadLine().Split(' '), .. second.ReadLine().Split(' ')];
            using (var manager = SharedMemoryManager.Connect(address))
            {
                Assert.Equal(server.Id, manager.ServerProcessId);
                Assert.Equal(new[] { names[0], names[2] }.Order(), manager.ListBlocks().Select(block => block.Name).Order());
                using ManagedDictionary<string, int> held = manager.AttachDictionary<string, int>(names[1]);
                Assert.Equal(1, held["one"]);
            }

            // What a client made stays when he goes, until the server ends.
            first.WriteLine("end");
            first.WaitForExit();
            Assert.True(SharedMemory.Exists(names[0]));
            Signals.Send(server.Id, signal);
            Assert.Equal("removed 2 0", server.ReadLine());
            Assert.Equal(0, server.WaitForExit());
            Assert.False(SharedMemory.Exists(names[0]));
            Assert.False(File.Exists(file));
            second.WriteLine("end");
            second.WaitForExit();
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void Stock_Python_connects_to_it_too() => Watchdog.Run(() =>
    {
        const string script =
            """
            import sys
            from multiprocessing.managers import SharedMemoryManager
            smm = SharedMemoryManager(sys.argv[1], b'key')
            smm.connect()
            print(smm.SharedMemory(64).name)
            """;
        ShmSnapshot before = ShmSnapshot.Take();
        string path = Path.Combine(Path.GetTempPath(), $"python-{Environment.ProcessId}");
        using var stop = new CancellationTokenSource();
        using var ready = new BlockingCollection<string>();
        Task<SharedMemoryShutdownReport> served = SharedMemoryManager.ServeAsync(
            new() { PythonEndpoint = new() { Address = path, AuthKey = "key"u8.ToArray() }, Ready = ready.Add, HandleSignals = false }, stop.Token);
        using (var manager = SharedMemoryManager.Connect(ready.Take()))
        {
            string name = Python.Any.Run(script, path).Output.Trim();
            Assert.Equal([name], manager.ListBlocks().Select(block => block.Name));
            Eventually.True(() => SharedMemory.Exists(name), "the name is back after Python's exit");
        }

        stop.Cancel();
        Assert.Equal(1, served.Result.Removed);
        Assert.False(File.Exists(path));
        before.AssertUnchanged();
    });

    [Fact]
    public void An_endpoint_for_Python_that_nobody_could_know_is_refused()
    {
        Assert.Throws<ArgumentException>(() => SharedMemoryManager.Serve(new() { PythonEndpoint = new() { Address = "/tmp/nobody" } }));
        Assert.Throws<ArgumentException>(() => SharedMemoryManager.Serve(new() { PythonEndpoint = new() { AuthKey = "key"u8.ToArray() } }));
    }

    [Fact]
    public void Killed_it_leaves_what_a_reclaim_removes_and_its_clients_are_told() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (ChildProcess server = ChildProcess.Start("serve"))
        {
            string address = server.ReadLine();
            using var manager = SharedMemoryManager.Connect(address);
            using SharedMemory block = manager.CreateBlock(16);
            using ManagedList<int> list = manager.CreateManagedList<int>();
            server.Kill();
            Assert.Equal(SharedMemoryManagerError.ServerLost, Assert.Throws<SharedMemoryManagerException>(() => manager.ListBlocks()).Error);
            Assert.Equal(SharedMemoryManagerError.ServerLost, Assert.Throws<SharedMemoryManagerException>(() => list.Add(1)).Error);
            block.Span[0] = 1;
            Assert.True(SharedMemory.Exists(block.Name));
            ReclaimedManager reclaimed = Assert.Single(SharedMemoryManager.Reclaim(), each => each.Id == manager.Id);
            Assert.Equal(server.Id, reclaimed.OwnerProcessId);
            Assert.False(SharedMemory.Exists(block.Name));
            Assert.Equal(SharedMemoryManagerError.NotFound, Assert.Throws<SharedMemoryManagerException>(() => SharedMemoryManager.Connect(address)).Error);
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void It_ends_with_its_last_client_if_it_is_to() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (ChildProcess server = ChildProcess.Start("serve", "last"))
        {
            string address = server.ReadLine();
            using ChildProcess first = ChildProcess.Start("serve-client", address);
            using ChildProcess second = ChildProcess.Start("serve-client", address);
            first.ReadLine();
            second.ReadLine();
            first.Kill();
            using (var manager = SharedMemoryManager.Connect(address))
            {
                Assert.Equal(2, manager.ListBlocks().Count);
            }

            second.Kill();
            Assert.Equal("removed 2 0", server.ReadLine());
            Assert.Equal(0, server.WaitForExit());
            SharedMemoryManager.Reclaim();
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void A_client_ends_it_if_that_is_allowed_and_only_then() => Watchdog.Run(() =>
    {
        using ChildProcess server = ChildProcess.Start("serve", "shutdown");
        using (var manager = SharedMemoryManager.Connect(server.ReadLine()))
        {
            manager.CreateBlock(1).Dispose();
            manager.ListBlocks();
            manager.ShutdownServer();
            Assert.Equal("removed 1 0", server.ReadLine());
            Assert.Equal(0, server.WaitForExit());
            Assert.Throws<SharedMemoryManagerException>(() => manager.ListBlocks());
        }

        using var stop = new CancellationTokenSource();
        (string address, Task<SharedMemoryShutdownReport> running) = ServeHere(new(), stop.Token);
        using (var manager = SharedMemoryManager.Connect(address))
        {
            Assert.Equal(SharedMemoryManagerError.Refused, Assert.Throws<SharedMemoryManagerException>(manager.ShutdownServer).Error);
            Assert.Empty(manager.ListBlocks());
        }

        stop.Cancel();
        Assert.Equal(0, running.Result.Removed);
        using var owned = SharedMemoryManager.Start();
        Assert.Equal(SharedMemoryManagerError.Refused, Assert.Throws<SharedMemoryManagerException>(owned.ShutdownServer).Error);
        Assert.Empty(owned.ListBlocks());
    });

    [Fact]
    public void Of_many_that_start_at_one_address_in_the_same_instant_one_serves() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string folder = Directory.CreateTempSubdirectory("serve-").FullName;
        string address = $"unix:{folder}/manager.sock?token=sesame";
        for (int round = 0; round < 20; round++)
        {
            using var end = new CancellationTokenSource();
            using var gate = new Barrier(4);
            using var turnedAway = new CountdownEvent(3);
            using var ready = new CountdownEvent(1);
            Task<bool>[] servers =
            [
                .. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                    () =>
                    {
                        gate.SignalAndWait();
                        try
                        {
                            SharedMemoryManager.Serve(new() { Address = address, HandleSignals = false, Ready = _ => ready.Signal() }, end.Token);
                            return true;
                        }
                        catch (SharedMemoryManagerException e) when (e.Message.Contains("already", StringComparison.Ordinal))
                        {
                            turnedAway.Signal();
                            return false;
                        }
                    },
                    TaskCreationOptions.LongRunning)),
            ];
            turnedAway.Wait();
            ready.Wait();
            SharedMemoryManager.Connect(address).Dispose();
            end.Cancel();
            Assert.Equal(1, servers.Count(server => server.Result));
        }

        Directory.Delete(folder);
        before.AssertUnchanged();
    });

    [Fact]
    public void A_given_address_is_taken_by_one_at_a_time_and_again_after_a_death() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string folder = Directory.CreateTempSubdirectory("serve-").FullName;
        string other = Path.Combine(folder, "other");
        File.WriteAllText(other, "mine");
        string address = $"unix:{folder}/new/manager.sock?token=sesame";
        using (ChildProcess first = ChildProcess.Start("serve", $"address={address}"))
        {
            Assert.Equal(address, first.ReadLine());
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder + "/new"));
            SharedMemoryManagerException e = Assert.Throws<SharedMemoryManagerException>(() => SharedMemoryManager.Serve(new() { Address = address }));
            Assert.Equal(SharedMemoryManagerError.ServerNotStarted, e.Error);
            Assert.Contains("already", e.Message, StringComparison.Ordinal);
            Assert.Equal(
                SharedMemoryManagerError.Refused,
                Assert.Throws<SharedMemoryManagerException>(() => SharedMemoryManager.Connect(address.Replace("sesame", "simsim", StringComparison.Ordinal))).Error);
            using var client = SharedMemoryManager.Connect(address);
            first.Kill();
            using ChildProcess second = ChildProcess.Start("serve", $"address={address}");
            Assert.Equal(address, second.ReadLine());

            // It is another manager: what the first one's clients had is not its.
            Assert.Equal(SharedMemoryManagerError.ServerLost, Assert.Throws<SharedMemoryManagerException>(() => client.ListBlocks()).Error);
            using var next = SharedMemoryManager.Connect(address);
            Assert.NotEqual(client.Id, next.Id);
            Signals.Send(second.Id, Signals.Terminate);
            Assert.Equal("removed 0 0", second.ReadLine());
            Assert.Equal(0, second.WaitForExit());
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder + "/new"));
        }

        Assert.Equal("mine", File.ReadAllText(other));
        Directory.Delete(folder, recursive: true);
        SharedMemoryManager.Reclaim();
        before.AssertUnchanged();
    });

    [Fact]
    public void It_runs_in_a_process_again_and_again_and_leaves_nothing_in_it() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        for (int round = 0; round < 5; round++)
        {
            using var stop = new CancellationTokenSource();
            (string address, Task<SharedMemoryShutdownReport> running) = ServeHere(new() { HandleSignals = false }, stop.Token);
            using var client = SharedMemoryManager.Connect(address);
            client.CreateBlock(100).Dispose();
            using ManagedNamespace names = client.CreateNamespace();
            names.Set("a", 1);
            Assert.Equal(1, names.Get<int>("a"));
            Assert.Single(client.ListBlocks());
            stop.Cancel();
            Assert.Equal(1, running.Result.Removed);
            Assert.Throws<SharedMemoryManagerException>(() => client.CreateBlock(1));
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void What_goes_wrong_at_its_start_is_told_and_leaves_nothing() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        Assert.Throws<ArgumentException>(() => SharedMemoryManager.Serve(new() { Address = "tcp:1" }));
        Assert.Equal(
            SharedMemoryManagerError.ServerNotStarted,
            Assert.Throws<SharedMemoryManagerException>(() => SharedMemoryManager.Serve(new() { TemporaryDirectory = "/proc/nowhere" })).Error);
        Assert.Throws<DirectoryNotFoundException>(() => SharedMemoryManager.Serve(new() { AddressFile = "/nowhere/address" }));
        Assert.Throws<InvalidTimeZoneException>(() => SharedMemoryManager.Serve(new() { Ready = _ => throw new InvalidTimeZoneException() }));
        before.AssertUnchanged();
    });

    private static (string Address, Task<SharedMemoryShutdownReport> Running) ServeHere(SharedMemoryServeOptions options, CancellationToken stop)
    {
        var ready = new TaskCompletionSource<string>();
        Task<SharedMemoryShutdownReport> running = SharedMemoryManager.ServeAsync(options with { Ready = ready.SetResult }, stop);
        Task.WaitAny([ready.Task, running], CancellationToken.None);
        return (ready.Task.IsCompleted ? ready.Task.Result : throw running.Exception!, running);
    }
}
