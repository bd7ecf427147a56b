namespace Multiprocessing.Tests;

public sealed class RmTests
{
    [Fact]
    public void It_unlinks_what_is_there_and_says_what_is_not() => Watchdog.Run(() =>
    {
        using var block = SharedMemory.Create(10);
        ProcessResult result = Tool.Run("rm", "no_such_block", block.Name);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("shm: There is no block 'no_such_block'.\n", result.Error);
        Assert.Empty(result.Output);
        Assert.False(SharedMemory.Exists(block.Name));
    });

    [Fact]
    public void A_living_managers_names_and_leases_are_refused_and_forced_they_stay_gone() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(10);
        string id = block.Name.Split('_')[1];
        Eventually.True(() => File.Exists($"/dev/shm/.{block.Name}"), "the guard of the block");

        ProcessResult refused = Tool.Run("rm", block.Name);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"manager {id}, which lives", refused.Error, StringComparison.Ordinal);
        Assert.True(SharedMemory.Exists(block.Name));
        Assert.Equal(1, Tool.Run("rm", "--force", $".psm_{id}.lease").ExitCode);
        Assert.True(File.Exists($"/dev/shm/.psm_{id}.lease"));

        Assert.Equal(0, Tool.Run("rm", "--force", block.Name).ExitCode);
        Thread.Sleep(200);
        Assert.False(SharedMemory.Exists(block.Name));
        Assert.False(File.Exists($"/dev/shm/.{block.Name}"));
    });
}
