using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Multiprocessing.Tests;

/// <summary>What the health check says of servers that are well, killed, stopped, and lost.</summary>
public sealed class HealthTests
{
    [Fact]
    public void A_server_that_answers_is_healthy_and_one_that_died_lately_is_degraded()
    {
        var clock = new Clock();
        Hosts.Run(
            services => services.AddSingleton<TimeProvider>(clock).AddSharedMemoryManager().AddHealthChecks().AddSharedMemoryManager(),
            async host =>
            {
                Assert.Equal((HealthStatus.Unhealthy, "The manager has not been started, or has ended with its host."), Said(await Check(host)));
                await host.StartAsync();
                var manager = host.Services.GetRequiredService<SharedMemoryManager>();
                using SharedMemory first = manager.CreateBlock(1000);
                using SharedMemory second = manager.CreateBlock(24);
                HealthReportEntry entry = await Check(host);
                Assert.Equal((HealthStatus.Healthy, "The server of the manager answers."), Said(entry));
                Assert.Equal(["blocks", "bytes", "free", "manager", "restarts", "server"], entry.Data.Keys.Order(StringComparer.Ordinal));
                Assert.Equal((manager.Id, 2, 1024L, 0, manager.ServerProcessId), Data(entry));
                Assert.InRange((long)entry.Data["free"], 1, long.MaxValue);

                Hosts.KillServer(manager);
                Hosts.KillServer(manager);
                entry = await Check(host);
                Assert.Equal(HealthStatus.Degraded, entry.Status);
                Assert.StartsWith("The server of the manager has died, 2 times by now, and the next one has taken over at 2", entry.Description, StringComparison.Ordinal);
                Assert.Equal((manager.Id, 2, 1024L, 2, manager.ServerProcessId), Data(entry));

                clock.Ahead = TimeSpan.FromMinutes(6);
                Assert.Equal(HealthStatus.Healthy, (await Check(host)).Status);
                await host.StopAsync();
                Assert.Equal(HealthStatus.Unhealthy, (await Check(host)).Status);
            });
    }

    [Fact]
    public void A_server_that_does_not_answer_in_time_is_unhealthy_until_it_does() => Hosts.Run(
        static services => services.AddSharedMemoryManager().AddHealthChecks()
            .AddSharedMemoryManager(failureStatus: HealthStatus.Degraded, timeout: TimeSpan.FromMilliseconds(300)),
        static async host =>
        {
            await host.StartAsync();
            var manager = host.Services.GetRequiredService<SharedMemoryManager>();
            int server = manager.ServerProcessId;
            Assert.True(Signals.Send(server, Signals.Stop));
            try
            {
                int threads = ThreadPool.ThreadCount;
                for (int i = 0; i < 3; i++)
                {
                    HealthReportEntry entry = await Check(host);
                    Assert.Equal((HealthStatus.Degraded, $"The server of the manager, process {server}, has not answered within 00:00:00.3000000."), Said(entry));
                }
            }
            finally
            {
                Signals.Send(server, Signals.Continue);
            }

            Eventually.True(() => Check(host).Result.Status == HealthStatus.Healthy, "it answers again");
            Assert.Equal((0, server), (manager.ServerRestarts, manager.ServerProcessId));
            await host.StopAsync();
        });

    [Fact]
    public Task A_server_that_is_lost_is_unhealthy_and_its_last_words_are_told() => Watchdog.RunAsync(() => Hosts.WithFolder(folder =>
    {
        // The first is a real one, and the next only says why it is none.
        string host = Hosts.Script(folder, $"if [ -e {folder}/used ]; then echo 'the disk is on fire' >&2; exit 3; fi\ntouch {folder}/used\nexec {DotnetHost} \"$@\"");
        Hosts.Run(
            services => services.AddSharedMemoryManager(options => options.ServerHostPath = host).AddHealthChecks().AddSharedMemoryManager(),
            static async host =>
            {
                await host.StartAsync();
                var manager = host.Services.GetRequiredService<SharedMemoryManager>();
                using SharedMemory block = manager.CreateBlock(8);
                Assert.Equal(HealthStatus.Healthy, (await Check(host)).Status);
                Assert.True(Signals.Send(manager.ServerProcessId, Signals.Kill));
                HealthReportEntry entry = default;
                Eventually.True(() => (entry = Check(host).Result).Status == HealthStatus.Unhealthy, "it is lost");
                Assert.Contains("the disk is on fire", entry.Description, StringComparison.Ordinal);
                Assert.IsType<SharedMemoryManagerException>(entry.Exception);
                block.Span[0] = 1;
                await host.StopAsync();
            });
        return Task.CompletedTask;
    }));

    [Fact]
    public void Managers_with_keys_have_checks_of_their_own() => Hosts.Run(
        static services => services.AddKeyedSharedMemoryManager("a").AddKeyedSharedMemoryManager("b").AddHealthChecks()
            .AddSharedMemoryManager("a", "a", tags: ["ready"]).AddSharedMemoryManager("b", "b"),
        static async host =>
        {
            await host.StartAsync();
            Hosts.KillServer(host.Services.GetRequiredKeyedService<SharedMemoryManager>("b"));
            HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
            Assert.Equal([("a", HealthStatus.Healthy), ("b", HealthStatus.Degraded)], report.Entries.Select(static e => (e.Key, e.Value.Status)).Order());
            Assert.Equal(["ready"], report.Entries["a"].Tags);
            await host.StopAsync();
        });

    private static string DotnetHost =>
        Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../..", "dotnet"));

    private static async Task<HealthReportEntry> Check(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["shared_memory_manager"];

    private static (HealthStatus Status, string? Description) Said(HealthReportEntry entry) => (entry.Status, entry.Description);

    private static (object Id, object Blocks, object Bytes, object Restarts, object Server) Data(HealthReportEntry entry) =>
        (entry.Data["manager"], entry.Data["blocks"], entry.Data["bytes"], entry.Data["restarts"], entry.Data["server"]);

    private sealed class Clock : TimeProvider
    {
        internal TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
    }
}
