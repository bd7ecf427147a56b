using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>What the shells themselves make of <c>shm completions</c>.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly string _bin = Directory.CreateTempSubdirectory("shm-bin-").FullName;

    /// <summary>A <c>shm</c> on the PATH.</summary>
    public CompletionTests()
    {
        string shm = Path.Combine(_bin, "shm");
        File.WriteAllText(shm, $"#!/bin/sh\nexec '{Tool.DotnetHost}' exec '{Tool.Dll}' \"$@\"\n");
        File.SetUnixFileMode(shm, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void Bash_completes_commands_options_values_names_and_the_command_of_run() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(10);
        Assert.Contains("completions", Bash("shm", ""), StringComparer.Ordinal);
        Assert.Equal(["run"], Bash("shm", "ru"));
        Assert.Equal(["--report"], Bash("shm", "run", "--rep"));
        Assert.Equal(["json"], Bash("shm", "--format", "j"));
        Assert.Equal(["bash", "fish", "pwsh", "zsh"], Bash("shm", "completions", "").Order());
        Assert.Equal([block.Name], Bash("shm", "rm", block.Name[..^3]));
        Assert.Equal([manager.Id], Bash("shm", "show", manager.Id[..10]));
        Assert.Equal(["mkfifo"], Bash("shm", "run", "--report", "--", "mkfif").Distinct());
        Assert.All(Bash("shm", "ls", ""), static word => Assert.DoesNotContain('-', word));
        Assert.Empty(Bash("shm", "run", "--", "ls", "--rep"));
    });

    [Fact]
    public void Fish_completes_likewise() => Watchdog.Run(() =>
    {
        Peer.Require(File.Exists("/usr/bin/fish"), "fish");
        Assert.Equal("run\n", Shell("/usr/bin/fish", "-c", "shm completions fish | source; complete -C 'shm ru'"));
        Assert.Equal("--report\n", Shell("/usr/bin/fish", "-c", "shm completions fish | source; complete -C 'shm run --rep'"));
        Assert.StartsWith("mkfifo", Shell("/usr/bin/fish", "-c", "shm completions fish | source; complete -C 'shm run -- mkfif'"), StringComparison.Ordinal);
    });

    [Fact]
    public void Zsh_completes_likewise() => Watchdog.Run(() =>
    {
        Peer.Require(File.Exists("/usr/bin/zsh"), "zsh");
        using var terminal = new Terminal(100);
        terminal.Type($"PATH={_bin}:$PATH HOME={_bin} exec /usr/bin/zsh -f");
        terminal.Type("PS1='> '; autoload -U compinit; compinit -u -D; source <(shm completions zsh); clear; echo rea''dy");
        Eventually.True(() => terminal.Screen().Contains("ready", StringComparison.Ordinal), "zsh");
        terminal.Press("shm compl", "Tab");
        Eventually.True(() => terminal.Screen().Contains("> shm completions", StringComparison.Ordinal), "the command");
        terminal.Press("fi", "Tab");
        Eventually.True(() => terminal.Screen().Contains("> shm completions fish", StringComparison.Ordinal), "the value");
    });

    [Fact]
    public void A_shell_that_there_is_no_script_for_is_said() => Watchdog.Run(() => Assert.Equal(2, Tool.Run("completions", "csh").ExitCode));

    public void Dispose() => Directory.Delete(_bin, recursive: true);

    private string[] Bash(params string[] words) => Shell(
        "bash", ["--norc", "-c", "source <(shm completions bash); COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _shm; ((${#COMPREPLY[@]})) && printf '%s\\n' \"${COMPREPLY[@]}\" || true", "bash", .. words])
        .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private string Shell(string shell, params string[] arguments)
    {
        var start = new ProcessStartInfo(shell, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{_bin}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["HOME"] = _bin;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{shell}: {error.Result}{output}");
        return output;
    }
}
