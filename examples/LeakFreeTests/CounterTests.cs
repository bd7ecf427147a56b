using System.Diagnostics;

namespace LeakFreeTests;

/// <summary>Tests of code that uses shared memory, each of which fails if it leaves some.</summary>
[LeakFree(TrackCreators = true)]
public sealed class CounterTests
{
    [Fact]
    public void Threads_count_together()
    {
        using var value = SharedValue<long>.Create();
        Parallel.For(0, 1000, _ => value.Update(static n => n + 1));
        Assert.Equal(1000, value.Value);

        // Without this line the test fails: "1 thing was left behind since the start of the test …", with the stack of the Create above.
        value.Unlink();
    }

    [Fact]
    public void A_manager_leaves_neither_blocks_nor_its_server()
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(1000);
        using SharedMutex mutex = manager.CreateMutex();
        using (mutex.Enter())
        {
            block.Span[0] = 1;
        }

        using Process child = manager.StartProcess(new ProcessStartInfo("dotnet", ["--version"]) { RedirectStandardOutput = true });
        child.StandardOutput.ReadToEnd();
        child.WaitForExit();
    }
}
