using System.Collections.Concurrent;
using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>The activities, by a listener.</summary>
public sealed class TraceTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public TraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is SharedMemoryManagerTelemetry.ActivitySourceName or nameof(TraceTests),
            Sample = static (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public void Start_connect_restart_and_end_are_told_with_the_manager_they_are_of() => Watchdog.Run(() =>
    {
        using var source = new ActivitySource(nameof(TraceTests));
        using Activity request = source.StartActivity("request")!;
        using (var manager = SharedMemoryManager.Start())
        {
            int server = manager.ServerProcessId;
            using var client = SharedMemoryManager.Connect(manager.Address);
            using SharedMemory block = manager.CreateBlock(1);
            Hosts.KillServer(manager);
            Eventually.True(() => Ended("ServerRestart").Length == 1, "the restart is told");
            client.Dispose();
            manager.Dispose();

            Assert.Equal(["Connect", "ServerRestart", "Shutdown", "Shutdown", "Start"], _ended.Select(static a => a.OperationName["SharedMemoryManager.".Length..]).Order());
            Assert.All(_ended, a => Assert.Equal(manager.Id, a.GetTagItem("shared_memory.manager.id")));
            Assert.All(_ended, static a => Assert.Equal(ActivityStatusCode.Unset, a.Status));
            Assert.All(
                [.. Ended("Start"), .. Ended("Connect"), .. Ended("Shutdown")],
                a => Assert.Equal((request.TraceId, request.SpanId), (a.TraceId, a.ParentSpanId)));
            Activity restart = Assert.Single(Ended("ServerRestart"));
            Assert.NotEqual(request.TraceId, restart.TraceId);
            Assert.Equal((server, -1), (restart.GetTagItem("shared_memory.server.pid"), restart.GetTagItem("shared_memory.server.exit_code")));
            Assert.Equal(ActivityKind.Client, Assert.Single(Ended("Connect")).Kind);
            Assert.Equal(server, Assert.Single(Ended("Start")).GetTagItem("shared_memory.server.pid"));
            Assert.Equal([0, 1], Ended("Shutdown").Select(static a => (int)a.GetTagItem("shared_memory.removed_blocks")!).Order());
        }

        // The second end of a manager is none.
        Assert.Equal(2, Ended("Shutdown").Length);
    });

    [Fact]
    public Task What_fails_is_told_with_its_reason() => Watchdog.RunAsync(async () =>
    {
        await Assert.ThrowsAsync<SharedMemoryManagerException>(() => SharedMemoryManager.StartAsync(new() { ServerHostPath = "/bin/false" }));
        Assert.Throws<SharedMemoryManagerException>(() => SharedMemoryManager.Connect("unix:/no/where?token=00"));
        Activity start = Assert.Single(Ended("Start"));
        Activity connect = Assert.Single(Ended("Connect"));
        Assert.Equal((ActivityStatusCode.Error, "ServerNotStarted"), (start.Status, start.GetTagItem("error.type")));
        Assert.Equal((ActivityStatusCode.Error, "NotFound"), (connect.Status, connect.GetTagItem("error.type")));
        Assert.StartsWith("No manager answers at /no/where", connect.StatusDescription, StringComparison.Ordinal);
        Assert.Equal("exception", Assert.Single(connect.Events).Name);
    });

    [Fact]
    public Task A_start_that_waits_lasts_until_the_server_answers_and_a_reclaim_is_told() => Watchdog.RunAsync(async () =>
    {
        await using SharedMemoryManager manager = await SharedMemoryManager.StartAsync();
        Assert.Equal(manager.Id, Assert.Single(Ended("Start")).GetTagItem("shared_memory.manager.id"));
        Assert.Null(Activity.Current);
        SharedMemoryManager.Reclaim();
        Assert.Single(Ended("Reclaim"));
    });

    public void Dispose() => _listener.Dispose();

    private Activity[] Ended(string name) => [.. _ended.Where(activity => activity.OperationName == $"SharedMemoryManager.{name}")];
}
