using Microsoft.Extensions.Logging;

namespace Multiprocessing.Tests;

/// <summary>Servers that do not come up.</summary>
public sealed class StartErrorTests
{
    [Fact]
    public void A_host_that_does_not_exist_is_an_error_of_Start()
    {
        SharedMemoryManagerException e = Assert.Throws<SharedMemoryManagerException>(
            () => SharedMemoryManager.Start(new() { ServerHostPath = "/nowhere/dotnet" }));
        Assert.Equal(SharedMemoryManagerError.ServerNotStarted, e.Error);
        Assert.Contains("/nowhere/dotnet", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_that_ends_at_once_is_an_error_with_its_last_words_and_blocks_are_unlinked_all_the_same() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string host = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(host, "#!/bin/sh\nsleep 0.5\necho something is wrong here >&2\nexit 7\n");
        File.SetUnixFileMode(host, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            var log = new ListLogger();
            using (var manager = SharedMemoryManager.Start(new() { ServerHostPath = host, Logger = log }))
            {
                // This one was handed out before anybody could know.
                using SharedMemory block = manager.CreateBlock(1);
                foreach (Func<object?> call in (Func<object?>[])[() => manager.Address, manager.ListBlocks, () => manager.CreateBlock(1)])
                {
                    SharedMemoryManagerException e = Assert.Throws<SharedMemoryManagerException>(() => call());
                    Assert.Equal(SharedMemoryManagerError.ServerNotStarted, e.Error);
                    Assert.Equal("something is wrong here", e.LastWords);
                    Assert.Contains("something is wrong here", e.Message, StringComparison.Ordinal);
                }

                block.Span[0] = 1;
            }

            Assert.Contains(log.Lines, line => line.StartsWith("Error: ", StringComparison.Ordinal));
            before.AssertUnchanged();
        }
        finally
        {
            File.Delete(host);
        }
    });

    [Fact]
    public async Task StartAsync_throws_what_went_wrong_and_leaves_nothing()
    {
        ShmSnapshot before = ShmSnapshot.Take();
        SharedMemoryManagerException e = await Assert.ThrowsAsync<SharedMemoryManagerException>(
            () => SharedMemoryManager.StartAsync(new() { ServerHostPath = "/bin/false" }));
        Assert.Equal(SharedMemoryManagerError.ServerNotStarted, e.Error);
        before.AssertUnchanged();
    }

    [Fact]
    public void An_application_that_was_run_as_a_server_and_does_not_call_RunIfServer_is_told_to()
    {
        Environment.SetEnvironmentVariable(ServerSettings.EnvironmentVariable, "0123456789ab|guard|unix:/tmp/x?token=0");
        try
        {
            SharedMemoryManagerException e = Assert.Throws<SharedMemoryManagerException>(() => SharedMemoryManager.Start());
            Assert.Contains("RunIfServer", e.Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(ServerSettings.EnvironmentVariable, null);
        }
    }

    [Fact]
    public void RunIfServer_does_nothing_in_an_ordinary_start()
    {
        SharedMemoryManager.RunIfServer([]);
        SharedMemoryManager.RunIfServer(["--shared-memory-manager-server"]);
        Assert.Throws<ArgumentNullException>(() => SharedMemoryManager.RunIfServer(null!));
    }

    [Fact]
    public void The_log_has_the_start_and_the_end_of_a_server() => Watchdog.Run(() =>
    {
        var log = new ListLogger();
        using (var manager = SharedMemoryManager.Start(new() { Logger = log }))
        {
            _ = manager.Address;
        }

        Assert.Equal(2, log.Lines.Count);
        Assert.Matches("^Debug: Shared memory manager [0-9a-f]{12} started; its server is process [0-9]+\\.$", log.Lines[0]);
        Assert.Matches("^Debug: Shared memory manager [0-9a-f]{12} ended; its server's exit code was 0; 0 blocks were unlinked\\.$", log.Lines[1]);
    });

    private sealed class ListLogger : ILogger
    {
        internal List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Lines)
            {
                Lines.Add($"{logLevel}: {formatter(state, exception)}");
            }
        }
    }
}
