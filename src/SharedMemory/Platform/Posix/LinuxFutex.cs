using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The futex of Linux: between processes, for any aligned 32-bit word that they share.</summary>
internal sealed unsafe class LinuxFutex : IWaitBackend
{
    public void Wait(uint* word, uint expected, int milliseconds)
    {
        // The library calls of the runtime use 64 bits of each; so does the kernel's call of that number on all 64-bit machines.
        long* time = stackalloc long[2] { milliseconds / 1000, milliseconds % 1000 * 1_000_000L };
        _ = Libc.Futex(word, Libc.FUTEX_WAIT, expected, time);
    }

    public int Wake(uint* word, int count) => (int)Libc.FutexWake(word, Libc.FUTEX_WAKE, (uint)count);
}
