using System.Diagnostics;
using Microsoft.Extensions.Options;

namespace Multiprocessing.Tests;

/// <summary>The life of a manager in a host.</summary>
public sealed class HostTests
{
    [Fact]
    public void A_manager_is_there_before_the_first_service_starts_and_after_the_last_has_stopped()
    {
        using var log = new LogLines();
        Hosts.Run(
            static services => services.AddHostedService<MakesBlocks>().AddSharedMemoryManager(),
            static async host =>
            {
                await host.StartAsync();
                Assert.Single(host.Services.GetRequiredService<SharedMemoryManager>().ListBlocks());
                await host.StopAsync();
                Assert.Throws<ObjectDisposedException>(() => host.Services.GetRequiredService<SharedMemoryManager>().CreateBlock(1));
            },
            log);
        Assert.Collection(
            log.All,
            static line => Assert.Matches(@"^Information Shared memory manager [0-9a-f]{12} is ready; its server is process \d+\.$", line),
            static line => Assert.Matches(@"^Information Shared memory manager [0-9a-f]{12} has ended with the host; 2 blocks were unlinked\.$", line));
    }

    [Fact]
    public void Who_asks_before_the_start_gets_the_same_manager_then() => Hosts.Run(
        static services => services.AddSharedMemoryManager(),
        static async host =>
        {
            var manager = host.Services.GetRequiredService<SharedMemoryManager>();
            using SharedMemory block = manager.CreateBlock(8);
            await host.StartAsync();
            Assert.Same(manager, host.Services.GetRequiredService<SharedMemoryManager>());
            Assert.Equal(block.Name, Assert.Single(manager.ListBlocks()).Name);
            await host.StopAsync();
            Assert.False(SharedMemory.Exists(block.Name));
        });

    [Fact]
    public void A_host_that_is_never_started_or_stopped_ends_its_manager_all_the_same() => Hosts.Run(
        static services => services.AddSharedMemoryManager(),
        static host =>
        {
            host.Services.GetRequiredService<SharedMemoryManager>().CreateBlock(8).Dispose();
            return Task.CompletedTask;
        });

    [Fact]
    public void To_add_it_twice_is_to_configure_it_twice() => Hosts.Run(
        static services => services
            .AddSharedMemoryManager(static options => options.ReserveBlocks = false)
            .AddSharedMemoryManager(static (options, provider) => options.GuardNames = provider.GetRequiredService<IHostEnvironment>().ApplicationName.Length == 0),
        static async host =>
        {
            Assert.Single(host.Services.GetServices<IHostedService>());
            await host.StartAsync();
            SharedMemoryManagerHostingOptions options = host.Services.GetRequiredService<IOptions<SharedMemoryManagerHostingOptions>>().Value;
            Assert.Equal((false, false), (options.ReserveBlocks, options.GuardNames));
            await host.StopAsync();
        });

    [Fact]
    public void A_host_may_have_several_each_with_a_key() => Hosts.Run(
        static services => services.AddSharedMemoryManager().AddKeyedSharedMemoryManager("images").AddKeyedSharedMemoryManager("texts", static o => o.BlockMode |= UnixFileMode.GroupRead),
        static async host =>
        {
            await host.StartAsync();
            SharedMemoryManager[] managers =
            [
                host.Services.GetRequiredService<SharedMemoryManager>(),
                host.Services.GetRequiredKeyedService<SharedMemoryManager>("images"),
                host.Services.GetRequiredKeyedService<SharedMemoryManager>("texts"),
            ];
            Assert.Equal(3, managers.Select(static manager => manager.Id).Distinct().Count());
            using SharedMemory block = managers[2].CreateBlock(1);
            Assert.True(SharedMemory.List().Single(found => found.Name == block.Name).Mode.HasFlag(UnixFileMode.GroupRead));
            await host.StopAsync();
        });

    [Fact]
    public void A_client_connects_by_address_or_environment_and_leaves_the_manager_to_its_owner() => Watchdog.Run(() =>
    {
        using var owner = SharedMemoryManager.Start();
        string address = owner.Address;
        AssertSame(o => (o.Role, o.Address) = (SharedMemoryManagerRole.Client, address), isOwners: true);
        AssertSame(static o => o.Role = SharedMemoryManagerRole.ClientOrOwner, isOwners: false);
        Environment.SetEnvironmentVariable(ManagerAddress.EnvironmentVariable, address);
        try
        {
            AssertSame(static o => o.Role = SharedMemoryManagerRole.Client, isOwners: true);
            AssertSame(static o => o.Role = SharedMemoryManagerRole.ClientOrOwner, isOwners: true);
            AssertSame(static _ => { }, isOwners: false);
        }
        finally
        {
            Environment.SetEnvironmentVariable(ManagerAddress.EnvironmentVariable, null);
        }

        Assert.Equal(3, owner.ListBlocks().Count);
        AssertSame(o => (o.Role, o.Address, o.ReleaseOnDeath) = (SharedMemoryManagerRole.Client, address, true), isOwners: true);
        Eventually.True(() => owner.ListBlocks().Count == 3, "what the last one made is released");

        void AssertSame(Action<SharedMemoryManagerHostingOptions> configure, bool isOwners) => Watchdog.RunAsync(async () =>
        {
            HostApplicationBuilder builder = Hosts.Builder();
            builder.Services.AddSharedMemoryManager(configure);
            using IHost host = builder.Build();
            await host.StartAsync();
            var manager = host.Services.GetRequiredService<SharedMemoryManager>();
            manager.CreateBlock(1).Dispose();
            Assert.Equal(isOwners, manager.Id == owner.Id);
            await host.StopAsync();
        }).GetAwaiter().GetResult();
    });

    [Fact]
    public void What_cannot_be_removed_is_a_warning()
    {
        Peer.Require(Environment.UserName == "root", "root, to make a name that cannot be unlinked (by a mount over it)");
        using var log = new LogLines();
        string stuck = "";
        Hosts.Run(
            static services => services.AddSharedMemoryManager(),
            async host =>
            {
                await host.StartAsync();

                using SharedMemory block = host.Services.GetRequiredService<SharedMemoryManager>().CreateBlock(1);
                stuck = $"/dev/shm/{block.Name}";
                Run("mount", "--bind", "/etc/hostname", stuck);
                try
                {
                    await host.StopAsync();
                }
                finally
                {
                    Run("umount", stuck);
                    SharedMemoryManager.Reclaim();
                }
            },
            log);
        Assert.Contains(log.All, line => line.StartsWith("Warning ", StringComparison.Ordinal) && line.Contains(Path.GetFileName(stuck), StringComparison.Ordinal));
    }

    [Fact]
    public void A_server_that_does_not_come_up_fails_the_start_of_the_host() => Hosts.Run(
        static services => services.AddSharedMemoryManager(static options => options.ServerHostPath = "/bin/false"),
        static async host =>
        {
            SharedMemoryManagerException e = await Assert.ThrowsAsync<SharedMemoryManagerException>(() => host.StartAsync());
            Assert.Equal(SharedMemoryManagerError.ServerNotStarted, e.Error);
        });

    [Fact]
    public Task A_server_that_never_answers_fails_it_after_the_time_out() => Watchdog.RunAsync(() => Hosts.WithFolder(folder =>
    {
        Hosts.Run(
            services => services.AddSharedMemoryManager(
                options => (options.ServerHostPath, options.StartTimeout) = (Hosts.Script(folder, "exec sleep 1000"), TimeSpan.FromMilliseconds(200))),
            static async host =>
            {
                TimeoutException e = await Assert.ThrowsAsync<TimeoutException>(() => host.StartAsync());
                Assert.Equal("The server of the shared memory manager has not answered within 00:00:00.2000000.", e.Message);
            });
        return Task.CompletedTask;
    }));

    private static void Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(command, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Registered before the manager, and uses it from its constructor to its end.</summary>
    private sealed class MakesBlocks(SharedMemoryManager manager) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            manager.CreateBlock(16).Dispose();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => StartAsync(cancellationToken);
    }
}
