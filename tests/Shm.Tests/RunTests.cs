using System.Text.Json;

namespace Multiprocessing.Tests;

public sealed class RunTests
{
    private const int KillRounds = 20;

    private const string PythonJob =
        """
        import os
        from multiprocessing.managers import SharedMemoryManager
        smm = SharedMemoryManager(os.environ["MULTIPROCESSING_MANAGER_PYTHON"], bytes.fromhex(os.environ["MULTIPROCESSING_MANAGER_PYTHON_AUTHKEY"]))
        smm.connect()
        print(smm.SharedMemory(size=1000).name, smm.ShareableList(["one", 2]).shm.name)
        """;

    [Theory]
    [InlineData(0, "true")]
    [InlineData(5, "sh", "-c", "exit 5")]
    [InlineData(137, "sh", "-c", "kill -KILL $$")]
    [InlineData(143, "sh", "-c", "kill -TERM $$")]
    [InlineData(127, "no-such-command-anywhere")]
    [InlineData(127, "/nowhere/at/all")]
    [InlineData(126, "/etc/passwd")]
    public void The_exit_code_is_the_commands_or_a_shells(int expected, params string[] command) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        ProcessResult result = Tool.Run(["run", "--", .. command]);
        Assert.Equal(expected, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Equal(expected is 126 or 127, result.Error.StartsWith($"shm run: {command[0]}: ", StringComparison.Ordinal));
        before.AssertUnchanged();
    });

    [Fact]
    public void Standard_streams_are_the_commands_and_so_are_all_words_after_the_dashes() => Watchdog.Run(() =>
    {
        (int exitCode, byte[] output, string error) = Tool.RunShell("printf 'a\\nb' | $shm run -- cat - ; $shm run -- printf '%s,' --help -f @x -- ''; $shm run -- sh -c 'echo oops >&2'");
        Assert.Equal((0, "a\nb--help,-f,@x,--,,", "oops\n"), (exitCode, System.Text.Encoding.UTF8.GetString(output), error));
    });

    [Fact]
    public void A_pipeline_in_the_command_ends_by_SIGPIPE_as_it_would_without() => Watchdog.Run(() =>
        Assert.Equal(new ProcessResult(0, "y\n", ""), Tool.Run("run", "--", "sh", "-c", "yes | head -n 1")));

    [Theory]
    [InlineData(Signals.Interrupt, "INT")]
    [InlineData(Signals.Terminate, "TERM")]
    [InlineData(1, "HUP")]
    public void A_signal_is_passed_on_and_the_command_decides(int signal, string name) => Watchdog.Run(() =>
    {
        using ConsoleProcess tool = Tool.Start("run", "--", "sh", "-c", $"trap 'echo caught; exit 9' {name}; echo ready; while :; do sleep 0.02; done");
        Assert.Equal("ready", tool.ReadLine());
        tool.Signal(signal);
        Assert.Equal("caught", tool.ReadLine());
        Assert.Equal(9, tool.WaitForExit());
    });

    [Fact]
    public void What_is_left_is_reported_and_removed_also_when_a_grandchild_lives_on() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string child = string.Join(' ', Tool.Child("client-hold"));

        // The grandchild has the blocks, and outlives the command, which waits for its line: the first of the output.
        string[] script = ["sh", "-c", $"mkfifo $0/in $0/out; {child} < $0/in > $0/out 2>/dev/null & exec 3> $0/in; read names < $0/out; echo $names; sleep 30 > $0/in 2>/dev/null & exit 0"];
        string folder = Directory.CreateTempSubdirectory("shm-run-").FullName;
        try
        {
            ProcessResult result = Tool.Run(["run", "--report", "--fail-on-leak", "-f", "json", "--", .. script, folder]);
            Assert.True(result.ExitCode == 3, $"{result.ExitCode} {result.Output} {result.Error}");
            string[] names = result.Output.Trim().Split(' ');
            JsonElement report = JsonDocument.Parse(result.Error.Trim().Split('\n')[^1]).RootElement;
            JsonElement[] left = [.. report.GetProperty("left").EnumerateArray()];
            Assert.Equal(names.Order(), left.Select(static one => one.GetProperty("name").GetString()).Order());
            Assert.Equal(["block", "list"], left.Select(static one => one.GetProperty("kind").GetString()).Order());
            Assert.Contains(left, static one => one.GetProperty("size").GetInt64() == 128);
            Assert.All(left, static one => Assert.Equal("dotnet", one.GetProperty("makerIs").GetString()));
            Assert.Equal(2, report.GetProperty("removed").GetInt32());
            Assert.All(names, static name => Assert.False(SharedMemory.Exists(name)));

            // The grandchild ends with its input.
            Assert.All(left, one => Signals.Send(one.GetProperty("maker").GetInt32(), Signals.Terminate));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        KillSleepers();
        before.AssertUnchanged();
    });

    [Fact]
    public void Nothing_left_is_no_leak_and_another_exit_code_is_not_hidden() => Watchdog.Run(() =>
    {
        Assert.Equal(new ProcessResult(0, "", "shm run: nothing was left.\n"), Tool.Run("run", "--report", "--fail-on-leak", "--", "true"));
        Assert.Equal(4, Tool.Run("run", "--fail-on-leak", "--", "sh", "-c", "exit 4").ExitCode);
        Assert.Equal(2, Tool.Run("run", "--fail-on-leak", "--leak-exit-code", "0", "--", "true").ExitCode);
        Assert.Equal(2, Tool.Run("run", "--raport", "--", "true").ExitCode);
        Assert.Equal(2, Tool.Run("run").ExitCode);
    });

    [Fact]
    public void A_stock_Python_joins_and_what_it_makes_beside_the_manager_is_warned_of() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string name = $"stray_{Guid.NewGuid():N}";
        const string Stray = "\nfrom multiprocessing import shared_memory, resource_tracker\ns = shared_memory.SharedMemory(os.sys.argv[1], True, 100)\nresource_tracker.unregister(s._name, 'shared_memory')";
        ProcessResult result = Tool.Run("run", "--python", "--report", "--fail-on-leak", "--leak-exit-code", "44", "--", Python.Any.Path, "-c", PythonJob + Stray, name);
        try
        {
            Assert.True(result.ExitCode == 44, $"{result.ExitCode} {result.Output} {result.Error}");
            Assert.All(result.Output.Trim().Split(' '), block => Assert.Matches($"{block} +(block|list) ", result.Error));
            Assert.Contains("left, and removed now: 2", result.Error, StringComparison.Ordinal);
            Assert.Contains($"warning: made beside the manager, and not removed: {name} (100 B; perhaps the command's; nobody has it mapped)", result.Error, StringComparison.Ordinal);
        }
        finally
        {
            Assert.True(SharedMemory.TryUnlink(name));
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void SIGKILL_of_the_tool_at_any_moment_leaves_nothing() => Watchdog.Run(TimeSpan.FromSeconds(120), () =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        var random = new Random(20);
        for (int round = 0; round < KillRounds; round++)
        {
            using ConsoleProcess tool = Tool.Start(["run", "--python", "--", .. Tool.Child("client-churn")]);

            // From before there is a manager to long after the command has joined it.
            Thread.Sleep(random.Next(400));
            tool.Kill();
        }

        before.AssertUnchanged();
    });

    /// <summary>The holder of the grandchild's input, which is no process of ours by its name.</summary>
    private static void KillSleepers()
    {
        foreach (ProcessEntry process in ProcessTable.All().Values.Where(static process => process.CommandLine == "sleep 30"))
        {
            Signals.Send(process.Id, Signals.Kill);
        }
    }
}
