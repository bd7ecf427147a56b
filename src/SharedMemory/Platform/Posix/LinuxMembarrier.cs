using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary><c>membarrier(2)</c>, the global expedited one (Linux 4.16): about half a microsecond.</summary>
internal static partial class LinuxMembarrier
{
    private const int GlobalExpedited = 2;
    private const int RegisterGlobalExpedited = 4;

    /// <summary>Older architectures number their calls each for itself.</summary>
    private static readonly nint SYS_membarrier = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 324,
        Architecture.S390x => 356,
        Architecture.Ppc64le => 365,
        _ => 283, // The generic table: ARM64, RISC-V, LoongArch.
    };

    /// <summary>False where the kernel is too old, or a sandbox forbids the call.</summary>
    internal static bool TryRegister() => syscall(SYS_membarrier, RegisterGlobalExpedited, 0, 0) == 0;

    internal static void Fence() => syscall(SYS_membarrier, GlobalExpedited, 0, 0);

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, int command, uint flags, int cpu);
}
