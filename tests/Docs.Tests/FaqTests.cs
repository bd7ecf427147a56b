using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>What docs/faq.md says of containers and mounts, and no other test shows.</summary>
public sealed class FaqTests
{
    private static readonly string[] OtherPids = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", "\"$@\"; exit $?", "sh"];
    private static readonly string[] NoExec = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o noexec tmpfs /dev/shm && exec \"$@\"", "sh"];

    [Fact]
    public void Another_PID_namespace_sees_that_a_manager_lives_and_a_holder_that_dies_there_hands_its_lock_on_here() => Watchdog.Run(static () =>
    {
        Require(OtherPids);
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(64);
        using SharedMutex mutex = manager.CreateMutex();

        ProcessResult result = Runner.Run(
            Program($$"""
                using SharedMemory block = SharedMemory.Attach("{{block.Name}}");
                block.Span[0] = 42;
                Console.WriteLine($"process {Environment.ProcessId < 10}, reclaimed {SharedMemoryManager.Reclaim().Count}");
                SharedMutex.Attach("{{mutex.Name}}").Enter();
                System.Diagnostics.Process.GetCurrentProcess().Kill();
                """),
            OtherPids);

        Assert.Equal(128 + 9, result.ExitCode);
        Assert.Equal("process True, reclaimed 0", result.Output);
        Assert.Equal(42, block.Span[0]);
        using SharedMutex.Scope scope = mutex.Enter();
        Assert.True(scope.Abandoned);
    });

    [Fact]
    public void A_dev_shm_that_nothing_may_be_executed_from_will_do() => Watchdog.Run(static () =>
    {
        Require(NoExec);
        ProcessResult result = Runner.Run(
            Program("""
                using var manager = SharedMemoryManager.Start();
                using SharedMemory block = manager.CreateBlock(64);
                using SharedMutex mutex = manager.CreateMutex();
                using (mutex.Enter())
                {
                    Console.WriteLine(block.Size);
                }
                """),
            NoExec);
        Assert.Equal((0, "64", ""), (result.ExitCode, result.Output, result.Error));
    });

    [Fact]
    public void Whose_files_are_all_removed_at_a_logout_goes_on_with_what_is_mapped() => Watchdog.Run(static () =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(64);
        using SharedMutex mutex = manager.CreateMutex();
        _ = manager.ListBlocks();

        // As logind does, whatever the server puts back meanwhile.
        Eventually.True(() => Remove($"*psm_{manager.Id}*") == 0, "all files of the manager are gone");

        block.Span[0] = 7;
        using (mutex.Enter())
        {
            Assert.Equal(7, block.Span[0]);
        }

        Assert.Throws<FileNotFoundException>(() => SharedMemory.Attach(block.Name));
        using SharedMemory another = manager.CreateBlock(64);
        using SharedMemory same = SharedMemory.Attach(another.Name);
        Assert.Empty(manager.Shutdown().NotRemoved);

        static int Remove(string pattern)
        {
            string[] files = Directory.GetFiles("/dev/shm", pattern);
            Array.ForEach(files, File.Delete);
            return files.Length;
        }
    });

    private static CodeBlock Program(string text) => new("FaqTests.cs", 1, "csharp", text, "", null);

    private static void Require(string[] wrapper)
    {
        using Process probe = Process.Start(new ProcessStartInfo(wrapper[0], [.. wrapper[1..], "true"]) { RedirectStandardError = true })!;
        probe.WaitForExit();
        Peer.Require(probe.ExitCode == 0, "right to make namespaces (unshare --mount --pid)");
    }
}
