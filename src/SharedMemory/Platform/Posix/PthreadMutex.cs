using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <summary>
/// <c>pthread_mutex_t</c>, PROCESS_SHARED and ROBUST, on Linux: the kernel keeps a list of what each thread holds, and when the thread is gone, however it
/// went, marks those mutexes and wakes the next in line. Nobody waits for a time-out.
/// </summary>
/// <remarks>
/// 40 bytes on x86-64, 48 on ARM64, at the start of the 64. Their insides are the C library's: processes that share one must use the same (all glibc, or all
/// musl), and the same PID namespace, as a holder is known by its thread id.
/// </remarks>
internal sealed unsafe class PthreadMutex : IMutexBackend
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The C libraries lay it out each in its own way.</summary>
    public uint Flavour { get; } = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? 2u : 1u;

    public void Initialize(byte* mutex, bool recursive)
    {
        // 4 bytes in glibc and musl.
        long attributes;
        Check(LibcMutex.pthread_mutexattr_init(&attributes));
        try
        {
            Check(LibcMutex.pthread_mutexattr_setpshared(&attributes, LibcMutex.PTHREAD_PROCESS_SHARED));
            Check(LibcMutex.pthread_mutexattr_setrobust(&attributes, LibcMutex.PTHREAD_MUTEX_ROBUST));
            Check(LibcMutex.pthread_mutexattr_settype(&attributes, recursive ? LibcMutex.PTHREAD_MUTEX_RECURSIVE : LibcMutex.PTHREAD_MUTEX_ERRORCHECK));
            Check(LibcMutex.pthread_mutex_init(mutex, &attributes));
        }
        finally
        {
            _ = LibcMutex.pthread_mutexattr_destroy(&attributes);
        }
    }

    public MutexEntry TryEnter(byte* mutex) => ToEntry(mutex, LibcMutex.pthread_mutex_trylock(mutex));

    public MutexEntry Enter(byte* mutex, int milliseconds)
    {
        long* time = stackalloc long[2];
        _ = LibcMutex.clock_gettime(LibcMutex.CLOCK_REALTIME, time);
        long nanoseconds = time[1] + (milliseconds % 1000 * 1_000_000L);
        time[0] += (milliseconds / 1000) + (nanoseconds / NanosecondsPerSecond);
        time[1] = nanoseconds % NanosecondsPerSecond;
        return ToEntry(mutex, LibcMutex.pthread_mutex_timedlock(mutex, time));
    }

    public bool Exit(byte* mutex)
    {
        int error = LibcMutex.pthread_mutex_unlock(mutex);
        if (error is 0 or Errno.EPERM)
        {
            return error == 0;
        }

        Check(error);
        return false;
    }

    // What the kernel must find there when a holder dies is no inside of the C library's: the thread's number in 30 bits (linux/futex.h). Where it lies is: glibc first, musl second.
    public int HolderOf(byte* mutex) => Volatile.Read(ref ((int*)mutex)[Flavour - 1]) & 0x3fff_ffff;

    private static MutexEntry ToEntry(byte* mutex, int error) => error == 0 ? MutexEntry.Entered : Slow(mutex, error);

    private static MutexEntry Slow(byte* mutex, int error)
    {
        switch (error)
        {
            case Errno.EBUSY:
            case Errno.ETIMEDOUT:
                return MutexEntry.Busy;
            case Errno.EDEADLK:
                return MutexEntry.Held;
            case Errno.EOWNERDEAD:
                // From here on it is a mutex like any other; until here a second death hands it on just so.
                Check(LibcMutex.pthread_mutex_consistent(mutex));
                return MutexEntry.Abandoned;
            default:
                Check(error);
                return MutexEntry.Busy;
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw error == Errno.EAGAIN
                ? new LockRecursionException("The mutex is entered too often by this thread.")
                : PosixError.ToException(error, "of the lock", "use the mutex in");
        }
    }
}
