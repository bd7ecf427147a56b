using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// A memory barrier in all threads of all processes that take part, paid for by who asks for it (<c>membarrier(2)</c>, Linux 4.16). Who does a thing often can
/// then do without a barrier of his own, when who does its counterpart seldom asks for one.
/// </summary>
/// <remarks>
/// A process takes part once <see cref="IsSupported"/> was asked and is true. A thread that is not running just then has its barrier by being switched away from.
/// </remarks>
internal static partial class ProcessBarrier
{
    private const int Query = 0;
    private const int GlobalExpedited = 1 << 1;
    private const int RegisterGlobalExpedited = 1 << 2;

    /// <summary>Whether this process takes part, and may ask.</summary>
    internal static readonly bool IsSupported = OperatingSystem.IsLinux() && Register();

    /// <summary>Returns when every thread that takes part has passed a full barrier.</summary>
    /// <exception cref="PlatformNotSupportedException">The system has no such thing.</exception>
    internal static void Run()
    {
        if (!IsSupported || syscall(Number, GlobalExpedited, 0, 0) != 0)
        {
            throw new PlatformNotSupportedException("This system has no barrier across processes (membarrier), which the other processes count on.");
        }
    }

    /// <summary>As the tables of system calls of the architectures have it.</summary>
    private static nint Number => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 324,
        Architecture.S390x => 356,
        Architecture.Ppc64le => 365,
        _ => 283, // The generic table: ARM64, RISC-V, LoongArch.
    };

    private static bool Register()
    {
        const int Needed = GlobalExpedited | RegisterGlobalExpedited;
        nint commands = syscall(Number, Query, 0, 0);
        return commands > 0 && (commands & Needed) == Needed && syscall(Number, RegisterGlobalExpedited, 0, 0) == 0;
    }

    [LibraryImport("libc")]
    private static partial nint syscall(nint number, nint command, nint flags, nint cpu);
}
