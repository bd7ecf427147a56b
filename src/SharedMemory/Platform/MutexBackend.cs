namespace Multiprocessing;

/// <summary>The mutex of the system of this process; tests may put another in its place.</summary>
internal static class MutexBackend
{
    internal static IMutexBackend Current { get; set; } =
        OperatingSystem.IsLinux() ? new PthreadMutex() : OperatingSystem.IsWindows() ? new KernelMutex() : new LeaseMutex();
}
