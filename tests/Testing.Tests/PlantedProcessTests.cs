using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Multiprocessing.Tests;

/// <summary>Managers, processes and descriptors that are left are found, and named.</summary>
public sealed class PlantedProcessTests
{
    [Fact]
    public void A_manager_that_is_not_ended_with_its_server_its_lease_its_socket_and_its_block() => Watchdog.Run(static () =>
    {
        (string Id, int Server, string Block) made = ("", 0, "");
        LeakReport report = Planted.Report(
            static () =>
            {
                SharedMemoryManager manager = Plants.PlantManager();
                _ = manager.Address;
                return (Manager: manager, Block: manager.CreateBlock(10));
            },
            planted =>
            {
                made = (planted.Manager.Id, planted.Manager.ServerProcessId, planted.Block.Name);
                planted.Block.Dispose();
                planted.Manager.Dispose();
            });

        Planted.AssertNamed(report, LeakKinds.Processes, made.Server.ToString(CultureInfo.InvariantCulture), nameof(Plants.PlantManager));
        Planted.AssertNamed(report, LeakKinds.Leases, ManagerNames.Lease(made.Id), nameof(Plants.PlantManager));
        Planted.AssertNamed(
            report, LeakKinds.Sockets, Path.GetDirectoryName(ManagerNames.SocketPath(Path.GetTempPath(), made.Id))!, nameof(Plants.PlantManager));
        Leak block = Assert.Single(report.Leaks, leak => leak.Kind == LeakKinds.Blocks && leak.Name == made.Block);
        Assert.Contains(nameof(A_manager_that_is_not_ended_with_its_server_its_lease_its_socket_and_its_block), Assert.Single(block.Creators).StackTrace, StringComparison.Ordinal);
        Assert.Contains(report.Leaks, leak => leak.Kind == LeakKinds.Descriptors && leak.Detail.Contains(ManagerNames.Lease(made.Id), StringComparison.Ordinal));
    });

    [Fact]
    public void A_process() => Watchdog.Run(static () =>
    {
        int id = 0;
        LeakReport report = Planted.Report(Plants.PlantProcess, process => id = End(process));

        Leak leak = Assert.Single(report.Leaks);
        Assert.Equal((LeakKinds.Processes, id.ToString(CultureInfo.InvariantCulture)), (leak.Kind, leak.Name));
        Assert.StartsWith("sleep 987 (a child of this process, start tick ", leak.Detail, StringComparison.Ordinal);
    });

    [Fact]
    public void A_process_that_a_manager_has_started() => Watchdog.Run(static () =>
    {
        using var manager = SharedMemoryManager.Start();
        _ = manager.Address;
        int id = 0;
        LeakReport report = Planted.Report(() => Plants.PlantProcessOf(manager), process => id = End(process));

        Leak leak = Planted.AssertNamed(report, LeakKinds.Processes, id.ToString(CultureInfo.InvariantCulture), nameof(Plants.PlantProcessOf));
        Assert.StartsWith("sleep 986 ", leak.Detail, StringComparison.Ordinal);
    });

    [Fact]
    public void A_process_whose_parent_has_ended() => Watchdog.Run(static () =>
    {
        int id = 0;
        LeakReport report = Planted.Report(
            () =>
            {
                using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 985 >/dev/null 2>&1 & echo $!"]) { RedirectStandardOutput = true })!;
                id = int.Parse(shell.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
                shell.WaitForExit();
                return id;
            },
            static id => Signals.Send(id, Signals.Kill));

        Assert.Contains(report.Leaks, leak => leak.Kind == LeakKinds.Processes && leak.Name == id.ToString(CultureInfo.InvariantCulture)
            && leak.Detail.StartsWith("sleep 985 ", StringComparison.Ordinal));
    });

    [Fact]
    public void An_open_file()
    {
        string path = Path.Combine(Path.GetTempPath(), $"left-open-{Guid.NewGuid():N}.txt");
        LeakReport report = Planted.Report(() => Plants.PlantFile(path), static file => file.Dispose());

        Leak leak = Assert.Single(report.Leaks);
        Assert.Equal(LeakKinds.Descriptors, leak.Kind);
        Assert.StartsWith(path, leak.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_open_socket()
    {
        int port = 0;
        LeakReport report = Planted.Report(Plants.PlantListener, listener =>
        {
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
            listener.Dispose();
        });

        Leak leak = Assert.Single(report.Leaks);
        Assert.Equal(LeakKinds.Descriptors, leak.Kind);
        Assert.Contains($"tcp port {port} to port 0", leak.Detail, StringComparison.Ordinal);
    }

    private static int End(Process process)
    {
        int id = process.Id;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        return id;
    }
}
