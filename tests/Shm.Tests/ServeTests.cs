using System.Text.Json;

namespace Multiprocessing.Tests;

public sealed class ServeTests
{
    [Fact]
    public void A_client_and_a_stock_Python_join_by_what_it_prints_and_a_signal_ends_it() => Watchdog.Run(() =>
    {
        const string Script =
            """
            import sys
            from multiprocessing.managers import SharedMemoryManager
            smm = SharedMemoryManager(sys.argv[1], bytes.fromhex(sys.argv[2]))
            smm.connect()
            print(smm.SharedMemory(size=64).name)
            """;
        ShmSnapshot before = ShmSnapshot.Take();
        string file = Path.Combine(Path.GetTempPath(), $"shm-serve-{Environment.ProcessId}");
        using (ConsoleProcess server = Tool.Start("serve", "--python", "--address-file", file, "--format", "json"))
        {
            JsonElement ready = JsonDocument.Parse(server.ReadLine()).RootElement;
            string address = ready.GetProperty("address").GetString()!;
            Assert.Equal(address + "\n", File.ReadAllText(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            using (var manager = SharedMemoryManager.Connect(address))
            {
                Assert.Equal(server.Id, manager.ServerProcessId);
                Assert.Equal(manager.ServerProcessId, ready.GetProperty("processId").GetInt32());
                manager.CreateBlock(10).Dispose();
                string name = Python.Any.Run(Script, ready.GetProperty("pythonAddress").GetString()!, ready.GetProperty("pythonAuthKey").GetString()!).Output;
                Assert.Contains(name, manager.ListBlocks().Select(static block => block.Name));
            }

            server.Signal(Signals.Terminate);
            JsonElement end = JsonDocument.Parse(server.ReadLine()).RootElement;
            Assert.Equal(2, end.GetProperty("removed").GetInt32());
            Assert.Equal(0, end.GetProperty("notRemoved").GetArrayLength());
            Assert.Equal(0, server.WaitForExit());
            Assert.False(File.Exists(file));
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void It_listens_where_it_is_told_and_ends_with_its_last_client_or_when_one_may_end_it() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string folder = Directory.CreateTempSubdirectory("shm-serve-").FullName;
        string key = Path.Combine(folder, "key");
        File.WriteAllText(key, "sesame\n");
        string address = $"unix:{folder}/socket?token=open";
        try
        {
            using (ConsoleProcess server = Tool.Start(
                "serve", "--address", address, "--lifetime", "last-client", "--python", $"{folder}/python", "--python-authkey-file", key))
            {
                Assert.Equal($"address         {address}", server.ReadLine());
                Assert.Equal($"python address  {folder}/python", server.ReadLine());
                Assert.Equal($"python authkey  {Convert.ToHexStringLower("sesame"u8)}", server.ReadLine());
                ProcessResult second = Tool.Run("serve", "--address", address);
                Assert.Equal((1, ""), (second.ExitCode, second.Output));
                Assert.Contains($"Somebody listens at {folder}/socket already", second.Error, StringComparison.Ordinal);
                SharedMemoryManager.Connect(address).Dispose();
                Assert.Equal("removed         0", server.ReadLine());
                Assert.Equal(0, server.WaitForExit());
            }

            using (ConsoleProcess server = Tool.Start("serve", "--address", address, "--allow-shutdown"))
            {
                server.ReadLine();
                using var manager = SharedMemoryManager.Connect(address);
                manager.ShutdownServer();
                Assert.Equal(0, server.WaitForExit());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void Wrong_arguments_are_said() => Watchdog.Run(() =>
    {
        Assert.Equal(2, Tool.Run("serve", "--lifetime", "forever").ExitCode);
        Assert.Equal(1, Tool.Run("serve", "--address", "nonsense").ExitCode);
        Assert.Equal(1, Tool.Run("serve", "--python", "--python-authkey-file", "/nowhere/key").ExitCode);
    });
}
