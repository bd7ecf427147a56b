using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>The mutex calls of the C library, as they are declared there. All return the error number. Constants are those of Linux (glibc and musl).</summary>
internal static unsafe partial class LibcMutex
{
    internal const int PTHREAD_PROCESS_SHARED = 1;
    internal const int PTHREAD_MUTEX_RECURSIVE = 1;
    internal const int PTHREAD_MUTEX_ERRORCHECK = 2;
    internal const int PTHREAD_MUTEX_ROBUST = 1;
    internal const int CLOCK_REALTIME = 0;

    private const string Library = "libc";

    [LibraryImport(Library)]
    internal static partial int pthread_mutexattr_init(long* attributes);

    [LibraryImport(Library)]
    internal static partial int pthread_mutexattr_destroy(long* attributes);

    [LibraryImport(Library)]
    internal static partial int pthread_mutexattr_settype(long* attributes, int type);

    [LibraryImport(Library)]
    internal static partial int pthread_mutexattr_setpshared(long* attributes, int shared);

    [LibraryImport(Library)]
    internal static partial int pthread_mutexattr_setrobust(long* attributes, int robust);

    [LibraryImport(Library)]
    internal static partial int pthread_mutex_init(byte* mutex, long* attributes);

    [LibraryImport(Library)]
    internal static partial int pthread_mutex_consistent(byte* mutex);

    /// <summary>Never sleeps, so the garbage collector can wait for it: a few nanoseconds instead of the way out of the runtime and back.</summary>
    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int pthread_mutex_trylock(byte* mutex);

    /// <summary>Sleeps until an absolute time of the real-time clock, the only one that all C libraries take here.</summary>
    [LibraryImport(Library)]
    internal static partial int pthread_mutex_timedlock(byte* mutex, long* time);

    /// <summary>Never sleeps. It may wake somebody, which is a system call that returns at once.</summary>
    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int pthread_mutex_unlock(byte* mutex);

    [LibraryImport(Library)]
    internal static partial int clock_gettime(int clock, long* time);
}
