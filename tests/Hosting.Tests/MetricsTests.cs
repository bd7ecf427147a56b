using System.Diagnostics.Metrics;

namespace Multiprocessing.Tests;

/// <summary>The instruments, by a listener, while real servers and processes die.</summary>
public sealed class MetricsTests
{
    [Fact]
    public void What_is_made_and_released_is_counted_where_that_is_done_and_what_exists_by_the_owner() => Watchdog.Run(() =>
    {
        using var meters = new Meters();
        using var manager = SharedMemoryManager.Start();
        using (SharedMemory block = manager.CreateBlock(1000))
        using (SharedMemoryScope scope = manager.BeginScope())
        {
            scope.CreateBlock(24).Dispose();
            meters.Observe();
            Assert.Equal((2, null, 2, 1024), (meters["created_blocks", manager], meters["released_blocks", manager], meters["blocks", manager], meters["usage", manager]));
        }

        Assert.Equal(1, meters["released_blocks", manager]);
        using ChildProcess client = ChildProcess.Start(start => start.UseManager(manager), "client-hold");
        string[] names = client.ReadLine().Split(' ');
        meters.Observe();
        Assert.Equal((2, 3), (meters["created_blocks", manager], meters["blocks", manager]));
        manager.Release(names[0]);
        Assert.Equal(2, meters["released_blocks", manager]);
        client.Kill();
        manager.Shutdown();
        Assert.Equal(4, meters["released_blocks", manager]);
        meters.Observe();
        Assert.Null(meters["blocks", manager]);
    });

    [Fact]
    public void A_client_counts_what_it_makes_and_does_not_tell_what_the_owner_tells() => Watchdog.Run(() =>
    {
        using var meters = new Meters();
        using var server = new CancellationTokenSource();
        var address = new TaskCompletionSource<string>();
        Task<SharedMemoryShutdownReport> served = SharedMemoryManager.ServeAsync(new() { Ready = address.SetResult, HandleSignals = false }, server.Token);
        using (var client = SharedMemoryManager.Connect(address.Task.Result))
        {
            client.CreateBlock(10).Dispose();
            Eventually.True(
                () =>
                {
                    meters.Observe();
                    return meters["blocks", client] == 1;
                },
                "the server tells of its blocks");
            Assert.Equal((1, 10, null), (meters["created_blocks", client], meters["usage", client], meters["released_blocks", client]));
            server.Cancel();
            Assert.Equal(1, served.Result.Removed);
            Assert.Equal(1, meters["released_blocks", client]);
            meters.Observe();
            Assert.Null(meters["blocks", client]);
        }
    });

    [Fact]
    public void Each_restart_of_a_server_is_counted_once_by_its_owner() => Watchdog.Run(() =>
    {
        using var meters = new Meters();
        using var manager = SharedMemoryManager.Start();
        using var client = SharedMemoryManager.Connect(manager.Address);
        Assert.Equal((0, null), (manager.ServerRestarts, manager.LastServerRestart));
        DateTimeOffset before = DateTimeOffset.UtcNow;
        for (int kills = 1; kills <= 3; kills++)
        {
            Hosts.KillServer(manager);
            Assert.Equal(kills, manager.ServerRestarts);
            Eventually.True(() => meters["server_restarts", manager] == kills, "it is counted");
            client.ListBlocks();
            Assert.Equal(kills, client.ServerRestarts);
        }

        Assert.InRange(manager.LastServerRestart!.Value, before, DateTimeOffset.UtcNow);
        Assert.InRange(client.LastServerRestart!.Value, before, DateTimeOffset.UtcNow);
        Assert.Equal(3, meters["server_restarts", manager]);
    });

    [Fact]
    public void What_is_reclaimed_is_counted_whether_this_process_or_its_server_has_done_it() => Watchdog.Run(() =>
    {
        using var meters = new Meters();
        KillOwnerAndServer();
        IReadOnlyList<ReclaimedManager> reclaimed = [];
        Eventually.True(() => (reclaimed = SharedMemoryManager.Reclaim()).Count > 0, "their last threads have let go of the lease");
        Assert.Equal(3, Assert.Single(reclaimed).Removed.Count(static name => name.StartsWith("psm_", StringComparison.Ordinal)));
        Assert.Equal((1, 3), (meters["reclaimed_managers"], meters["reclaimed_blocks"]));

        KillOwnerAndServer();
        using var manager = SharedMemoryManager.Start();
        Eventually.True(
            () =>
            {
                manager.ListBlocks();
                return meters["reclaimed_managers"] == 2;
            },
            "the server has told what it reclaimed");
        Assert.Equal(6, meters["reclaimed_blocks"]);
    });

    [Fact]
    public void A_host_has_a_meter_of_its_own_factory() => Hosts.Run(
        static services => services.AddSharedMemoryManager(),
        static async host =>
        {
            using var meters = new Meters();
            await host.StartAsync();
            var manager = host.Services.GetRequiredService<SharedMemoryManager>();
            manager.CreateBlock(5).Dispose();
            meters.Observe();
            Assert.Equal((1, 1, 5), (meters["created_blocks", manager], meters["blocks", manager], meters["usage", manager]));
            Assert.Contains(meters.Instruments, instrument => instrument.Meter.Scope == host.Services.GetRequiredService<IMeterFactory>());
            await host.StopAsync();
            Assert.Equal(1, meters["released_blocks", manager]);
        });

    [Fact]
    public void To_count_allocates_nothing_heard_or_not() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start(new() { MeterFactory = new Factory() });
        var telemetry = new ManagerTelemetry(null, manager.Id, null);
        Assert.Equal(0, Allocations.By(telemetry.Created));
        using var listener = new MeterListener { InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        long heard = 0;
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => heard += value);
        listener.Start();
        Assert.Equal(0, Allocations.By(telemetry.Created));
        Assert.InRange(heard, 200, long.MaxValue);
    });

    [Fact]
    public void The_page_on_hosting_lists_each_instrument_with_its_kind_and_unit() => Watchdog.Run(() =>
    {
        using var meters = new Meters();
        using var manager = SharedMemoryManager.Start();
        string[] listed =
        [
            .. File.ReadLines(Page())
                .Where(static line => line.StartsWith("| `shared_memory.", StringComparison.Ordinal) && line.Count(static c => c == '|') == 5)
                .Select(static line => string.Join(' ', line.Split('|')[1..4].Select(static cell => cell.Trim().Trim('`')))),
        ];
        string[] published = [.. meters.Instruments.Select(static i => $"{i.Name} {Kind(i)} {i.Unit}").Distinct()];
        Assert.Equal(published.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.All(meters.Instruments, static instrument => Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal));
    });

    [Fact]
    public void A_program_that_nobody_listens_to_starts_without_what_it_takes_to_tell_and_has_it_later() => Watchdog.Run(() =>
    {
        using ChildProcess child = ChildProcess.Start("manager-telemetry");
        Assert.Equal("False", child.ReadLine());
        Assert.Equal("loaded", child.ReadLine());
        Assert.Contains(
            File.ReadLines($"/proc/{child.Id}/maps"), static line => line.EndsWith("/System.Diagnostics.DiagnosticSource.dll", StringComparison.Ordinal));
        child.WriteLine("");
        Assert.Equal(0, child.WaitForExit());
    });

    private static string Kind(Instrument instrument)
    {
        string name = instrument.GetType().Name.Split('`')[0];
        return name == "ObservableUpDownCounter" ? "up-down counter" : name == "Counter" ? "counter" : name;
    }

    private static string Page([System.Runtime.CompilerServices.CallerFilePath] string testFile = "")
    {
        for (string folder = AppContext.BaseDirectory; ; folder = Path.GetDirectoryName(folder) ?? throw new FileNotFoundException(testFile))
        {
            string page = Path.Combine(folder, "docs", "hosting.md");
            if (File.Exists(page))
            {
                return page;
            }
        }
    }

    /// <summary>A manager with three blocks, of which nobody is left.</summary>
    private static void KillOwnerAndServer()
    {
        using ChildProcess owner = ChildProcess.Start("manager-hold");
        int server = int.Parse(owner.ReadLine().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        Signals.Send(server, Signals.Stop);
        owner.Kill();
        Signals.Send(server, Signals.Kill);
        Eventually.True(() => !Directory.Exists($"/proc/{server}") || File.ReadAllText($"/proc/{server}/stat").Contains(") Z ", StringComparison.Ordinal), "the server's death");
    }

    private sealed class Factory : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            _meters.Add(new Meter(options.Name));
            return _meters[^1];
        }

        public void Dispose() => _meters.ForEach(static meter => meter.Dispose());
    }
}
