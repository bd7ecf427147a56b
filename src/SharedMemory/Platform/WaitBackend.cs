namespace Multiprocessing;

/// <summary>The waiting that the system of this process offers; tests may put another in its place.</summary>
internal static class WaitBackend
{
    internal static IWaitBackend Current { get; set; } =
        OperatingSystem.IsLinux() ? new LinuxFutex() : OperatingSystem.IsWindows() ? new WindowsWait() : new PollingWait();
}
