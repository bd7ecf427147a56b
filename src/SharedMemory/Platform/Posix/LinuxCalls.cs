using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The numbers of Linux's system calls that the C library has no function for. Older architectures number their calls each for itself.</summary>
internal static class LinuxCalls
{
    internal static nint Futex => Numbers.Futex;

    internal static nint Membarrier => Numbers.Membarrier;

    private static readonly (nint Futex, nint Membarrier) Numbers = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => (202, 324),
        Architecture.S390x => (238, 356),
        Architecture.Ppc64le => (221, 365),
        _ => (98, 283), // The generic table: ARM64, RISC-V, LoongArch.
    };
}
