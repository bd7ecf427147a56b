using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary><c>membarrier(2)</c>, the global expedited one (Linux 4.16): about half a microsecond.</summary>
internal static partial class LinuxMembarrier
{
    private const int GlobalExpedited = 2;
    private const int RegisterGlobalExpedited = 4;

    /// <summary>False where the kernel is too old, or a sandbox forbids the call.</summary>
    internal static bool TryRegister() => syscall(LinuxCalls.Membarrier, RegisterGlobalExpedited, 0, 0) == 0;

    internal static void Fence() => syscall(LinuxCalls.Membarrier, GlobalExpedited, 0, 0);

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, int command, uint flags, int cpu);
}
