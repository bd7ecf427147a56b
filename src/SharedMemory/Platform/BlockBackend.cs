namespace Multiprocessing;

/// <summary>The backend of the system that this process runs on.</summary>
internal static class BlockBackend
{
    internal static IBlockBackend Current { get; } = OperatingSystem.IsWindows() ? new WindowsBackend() : new PosixBackend();
}
