namespace Multiprocessing.Tests;

/// <summary>What the limits of a process do to blocks, each in a child that has them.</summary>
public sealed class LimitTests
{
    private static readonly string[] NoLockCapability = ["setpriv", "--bounding-set=-ipc_lock", "--"];

    [Fact]
    public void More_than_may_be_locked_is_refused_with_the_limit_named() => Watchdog.Run(static () =>
    {
        string[] lines = RunWithLockLimit(1 << 20, "4096", "8388608");

        Assert.Equal("locked", lines[0]);
        Assert.StartsWith(nameof(InsufficientMemoryException), lines[1], StringComparison.Ordinal);
        Assert.Contains("8388608 bytes", lines[1], StringComparison.Ordinal);
        Assert.Contains("1048576 bytes", lines[1], StringComparison.Ordinal);
        Assert.Contains("RLIMIT_MEMLOCK", lines[1], StringComparison.Ordinal);
    });

    [Fact]
    public void Who_may_lock_nothing_is_refused_with_the_limit_named() => Watchdog.Run(static () =>
    {
        string line = Assert.Single(RunWithLockLimit(0, "4096"));

        Assert.StartsWith(nameof(UnauthorizedAccessException), line, StringComparison.Ordinal);
        Assert.Contains("may lock 0 bytes (RLIMIT_MEMLOCK", line, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("077")]
    [InlineData("277")]
    [InlineData("777")]
    public void The_mode_is_exact_whatever_the_umask_is(string umask) => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        string name = scratch.NewName();
        Scratch.PathOf(name);

        string[] lines = Wrapped.Run(
            ["env", "DOTNET_EnableDiagnostics=0", "sh", "-c", $"umask {umask}; exec \"$@\"", "sh"], "block-create", name, "10", "named");

        Assert.Equal("made 10 600", lines[0]);
        Assert.Contains($"/dev/shm/{name} 600", lines);
    });

    [Fact]
    public void Who_is_out_of_descriptors_still_sees_what_exists() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(10);
        string[] wrapper = ["prlimit", "--nofile=256", "--"];
        Wrapped.Require("prlimit", wrapper);

        Assert.Equal(["True"], Wrapped.Run(wrapper, "block-exists-without-descriptors", block.Name));
        Assert.Equal(["False"], Wrapped.Run(wrapper, "block-exists-without-descriptors", scratch.NewName()));
    });

    /// <summary>The limit does not bind a superuser, unless the capability is taken from it.</summary>
    private static string[] RunWithLockLimit(int bytes, params string[] sizes)
    {
        string[] wrapper = ["prlimit", $"--memlock={bytes}:{bytes}", "--"];
        if (Environment.IsPrivilegedProcess)
        {
            wrapper = [.. wrapper, .. NoLockCapability];
        }

        Wrapped.Require("prlimit and setpriv", wrapper);
        return Wrapped.Run(wrapper, "block-lock", sizes);
    }
}
