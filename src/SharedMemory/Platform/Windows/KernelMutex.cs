using System.Collections.Concurrent;

namespace Multiprocessing;

/// <summary>
/// The named mutex of the Windows kernel, which hands itself on when its holder dies. In shared memory stands only the random key that names it.
/// </summary>
/// <remarks>
/// <code>
///  offset  size  field
///       0    16  key        random; the kernel's name is Local\psm_mutex_KEY
///      16     8  holder     process id and thread id of the holder; 0: nobody
///      24     4  recursive  0 or 1: the kernel's own is always recursive
/// </code>
/// </remarks>
internal sealed unsafe class KernelMutex : IMutexBackend
{
    private static readonly ConcurrentDictionary<Guid, Mutex> Opened = new();

    public uint Flavour => 4;

    public void Initialize(byte* mutex, bool recursive)
    {
        new Span<byte>(mutex, IMutexBackend.ByteSize).Clear();
        BlockBackend.Current.FillRandom(new Span<byte>(mutex, sizeof(Guid)));
        *(uint*)(mutex + 24) = recursive ? 1u : 0;
    }

    public MutexEntry TryEnter(byte* mutex) => Enter(mutex, 0);

    public MutexEntry Enter(byte* mutex, int milliseconds)
    {
        bool again = Volatile.Read(ref *Holder(mutex)) == Me;
        if (again && *(uint*)(mutex + 24) == 0)
        {
            return MutexEntry.Held;
        }

        try
        {
            if (!Open(mutex).WaitOne(milliseconds))
            {
                return MutexEntry.Busy;
            }

            *Holder(mutex) = Me;
            return MutexEntry.Entered;
        }
        catch (AbandonedMutexException)
        {
            *Holder(mutex) = Me;
            return MutexEntry.Abandoned;
        }
    }

    public bool Exit(byte* mutex)
    {
        if (Volatile.Read(ref *Holder(mutex)) != Me)
        {
            return false;
        }

        Mutex kernel = Open(mutex);
        if (*(uint*)(mutex + 24) == 0)
        {
            *Holder(mutex) = 0;
            kernel.ReleaseMutex();
            return true;
        }

        // How often it was entered only the kernel knows, so the word stays ours after the last exit, until another writes his.
        try
        {
            kernel.ReleaseMutex();
            return true;
        }
        catch (ApplicationException)
        {
            *Holder(mutex) = 0;
            return false;
        }
    }

    private static ulong Me => ((ulong)(uint)Environment.ProcessId << 32) | (uint)Environment.CurrentManagedThreadId;

    // A handle is kept for as long as the process lives: without one anywhere, the kernel would forget that the last holder died.
    private static Mutex Open(byte* mutex) =>
        Opened.GetOrAdd(*(Guid*)mutex, static key => new Mutex(initiallyOwned: false, $"Local\\psm_mutex_{key:N}"));

    private static ulong* Holder(byte* mutex) => (ulong*)(mutex + 16);
}
