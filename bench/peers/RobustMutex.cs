using System.Runtime.InteropServices;

namespace Multiprocessing.Bench;

/// <summary>A robust mutex of the C library between processes, called from here as cheaply as can be and without anything around it. Linux.</summary>
internal sealed unsafe partial class RobustMutex : IDisposable
{
    private const int Bytes = 64;

    private readonly byte* _mutex = (byte*)NativeMemory.AlignedAlloc(Bytes, Bytes);

    internal RobustMutex()
    {
        const int ProcessShared = 1;
        const int Robust = 1;
        long attributes;
        if (pthread_mutexattr_init(&attributes) != 0
            || pthread_mutexattr_setpshared(&attributes, ProcessShared) != 0
            || pthread_mutexattr_setrobust(&attributes, Robust) != 0
            || pthread_mutex_init(_mutex, &attributes) != 0)
        {
            throw new InvalidOperationException("The C library makes no robust mutex.");
        }
    }

    internal void EnterAndExit(int calls)
    {
        byte* mutex = _mutex;
        for (int i = 0; i < calls; i++)
        {
            _ = pthread_mutex_lock(mutex);
            _ = pthread_mutex_unlock(mutex);
        }
    }

    public void Dispose() => NativeMemory.AlignedFree(_mutex);

    [LibraryImport("libc")]
    private static partial int pthread_mutexattr_init(long* attributes);

    [LibraryImport("libc")]
    private static partial int pthread_mutexattr_setpshared(long* attributes, int shared);

    [LibraryImport("libc")]
    private static partial int pthread_mutexattr_setrobust(long* attributes, int robust);

    [LibraryImport("libc")]
    private static partial int pthread_mutex_init(byte* mutex, long* attributes);

    // Nobody else wants it, so it never waits, and the garbage collector need not be told.
    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int pthread_mutex_lock(byte* mutex);

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial int pthread_mutex_unlock(byte* mutex);
}
