using System.Globalization;
using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

/// <summary>Ends that are not random, of the owner, its server or a client: what is left afterwards is what was there before.</summary>
public sealed class DeathTests
{
    private static readonly string Host = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(14)]
    public void An_owner_ended_by_a_signal_leaves_nothing(int signal) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using ChildProcess owner = ChildProcess.Start("manager-hold");
        owner.ReadLine();
        owner.Signal(signal);
        owner.WaitForExit();
        before.AssertUnchanged();
    });

    [Theory]
    [InlineData("return")]
    [InlineData("exit")]
    [InlineData("throw")]
    [InlineData("fail-fast")]
    [InlineData("crash")]
    public void An_owner_that_ends_without_disposing_leaves_nothing(string how) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using ChildProcess owner = ChildProcess.Start("manager-end", how);
        owner.ReadLine();
        owner.WaitForExit();
        before.AssertUnchanged();
    });

    [Fact]
    public void The_signals_that_ask_a_process_to_end_do_not_end_the_server() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        foreach (int signal in (int[])[1, 2, 3, 15])
        {
            Assert.True(Signals.Send(manager.ServerProcessId, signal));
        }

        using SharedMemory block = manager.CreateBlock(1);
        Assert.Single(manager.ListBlocks());
        foreach (int signal in (int[])[1, 2, 3, 15])
        {
            Assert.True(Signals.Send(manager.ServerProcessId, signal));
        }

        Assert.Single(manager.ListBlocks());
    });

    [Fact]
    public void The_server_leads_a_session_of_its_own() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        string id = manager.ServerProcessId.ToString(CultureInfo.InvariantCulture);

        // The sixth field of stat is the session; the second, in brackets, may hold blanks.
        string stat = File.ReadAllText($"/proc/{id}/stat");
        Assert.Equal(id, stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[3]);
    });

    [Fact]
    public void A_stopped_server_does_not_keep_Dispose_from_cleaning_up() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        var manager = SharedMemoryManager.Start(new() { ShutdownTimeout = TimeSpan.FromMilliseconds(300) });
        SharedMemory[] blocks = [.. Enumerable.Range(0, 50).Select(_ => manager.CreateBlock(8))];
        _ = manager.Address;
        Signals.Send(manager.ServerProcessId, Signals.Stop);
        manager.Shutdown();
        before.AssertUnchanged();
        Array.ForEach(blocks, block => block.Dispose());
    });

    [Fact]
    public void A_killed_clients_blocks_stay_until_the_manager_ends() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (var manager = SharedMemoryManager.Start())
        {
            using ChildProcess client = ChildProcess.Start(start => start.UseManager(manager), "client-hold");
            string[] names = client.ReadLine().Split(' ');
            client.Kill();
            Assert.All(names, name => Assert.True(SharedMemory.Exists(name)));
            Assert.Equal(names, manager.ListBlocks().Select(b => b.Name));
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void An_owner_that_is_stopped_for_seconds_loses_nothing() => Watchdog.Run(() =>
    {
        using ChildProcess owner = ChildProcess.Start("manager-hold");
        string[] names = owner.ReadLine().Split(' ')[2..];
        owner.Signal(Signals.Stop);
        Thread.Sleep(TimeSpan.FromSeconds(6));
        Assert.All(names, name => Assert.True(SharedMemory.Exists(name)));
        owner.Signal(Signals.Continue);
        owner.WriteLine("end");
        Assert.Equal(0, owner.WaitForExit());
        Assert.All(names, name => Assert.False(SharedMemory.Exists(name)));
    });

    [Fact]
    public void CtrlC_in_a_terminal_ends_owner_and_server_cleanly() => Watchdog.Run(() =>
    {
        // A terminal of its own for the child, from stock Python; 3 is what the key sends, to the whole foreground process group.
        const string script =
            """
            import os, pty, re, sys
            pid, terminal = pty.fork()
            if pid == 0:
                os.execvp(sys.argv[1], sys.argv[1:])
            text = b''
            while text.count(b'\n') < 1:
                text += os.read(terminal, 4096)
            os.write(terminal, b'\x03')
            _, status = os.waitpid(pid, 0)
            print(re.search(r'(\d+) psm_', text.decode())[1], os.WIFSIGNALED(status) and os.WTERMSIG(status) or os.WEXITSTATUS(status))
            """;
        ShmSnapshot before = ShmSnapshot.Take();
        ProcessResult result = Python.Any.Run(script, "env", "--default-signal", Host, "exec", Path.Combine(AppContext.BaseDirectory, "Child.dll"), "manager-end", "sleep");
        string[] words = result.Output.Split(' ');
        Assert.Contains(words[1], (string[])["2", "130"]);
        before.AssertUnchanged();
        Eventually.True(() => !Processes.Alive(int.Parse(words[0], CultureInfo.InvariantCulture)).Any(), "the end of the server");
    });
}
