using System.ComponentModel;
using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>Processes that are started to join a manager.</summary>
public sealed class ChildrenTests
{
    [Fact]
    public void A_started_process_has_the_managers_address_in_its_environment_and_what_it_had_else() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        var start = new ProcessStartInfo("env") { RedirectStandardOutput = true, Environment = { ["ANOTHER"] = "one" } };
        using Process process = manager.StartProcess(start);
        string[] variables = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        Assert.Contains($"MULTIPROCESSING_MANAGER={manager.Address}", variables);
        Assert.Contains("ANOTHER=one", variables);
    });

    [Fact]
    public void A_client_starts_processes_of_the_same_manager() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using var client = SharedMemoryManager.Connect(manager.Address);
        using Process process = client.StartProcess(new ProcessStartInfo("printenv", ["MULTIPROCESSING_MANAGER"]) { RedirectStandardOutput = true });
        Assert.Equal(manager.Address, process.StandardOutput.ReadToEnd().Trim());
        process.WaitForExit();
    });

    [Fact]
    public void What_cannot_be_started_is_said() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        Assert.Throws<ArgumentNullException>(() => manager.StartProcess(null!));
        Assert.Throws<Win32Exception>(() => manager.StartProcess(new ProcessStartInfo("/nowhere/at/all")));
        Assert.Throws<InvalidOperationException>(() => manager.StartProcess(new ProcessStartInfo()));
    });
}
