namespace Multiprocessing;

/// <summary>
/// A mutex for systems whose own does not survive its holder: the holder's lease says whether it lives. Whoever waits looks, some ten times a second, whether
/// the holder is dead, and takes the mutex over from it.
/// </summary>
/// <remarks>
/// <code>
///  offset  size  field
///       0     8  owner      id of the holder's process lease; 0: free
///       8     8  thread     low half of that id, and the holder's thread id: both, as a dead holder's thread stays written
///      16     4  depth      how often the holder entered
///      20     4  recursive  0 or 1
///      24     4  sequence   grows when somebody leaves; waiters sleep on it
///      28     4  sleepers
/// </code>
/// One compare-and-swap of the owner takes it, from nobody or from a dead one; ids are never used twice, so exactly one gets it. A thread that ends in the
/// midst of a process that lives is not noticed.
/// </remarks>
internal sealed unsafe class LeaseMutex : IMutexBackend
{
    private const int LookAtHolder = 100;

    public uint Flavour => 3;

    public void Initialize(byte* mutex, bool recursive)
    {
        new Span<byte>(mutex, IMutexBackend.ByteSize).Clear();
        *(uint*)(mutex + 20) = recursive ? 1u : 0;
    }

    public MutexEntry TryEnter(byte* mutex)
    {
        MutexEntry entry = TryTake(mutex, 0);
        return entry == MutexEntry.Busy ? TakeFromDead(mutex) : entry;
    }

    public MutexEntry Enter(byte* mutex, int milliseconds)
    {
        long end = Environment.TickCount64 + milliseconds;
        while (true)
        {
            uint seen = Volatile.Read(ref *Sequence(mutex));
            MutexEntry entry = TryEnter(mutex);
            int left = (int)Math.Clamp(end - Environment.TickCount64, 0, LookAtHolder);
            if (entry != MutexEntry.Busy || left == 0)
            {
                return entry;
            }

            Interlocked.Increment(ref *Sleepers(mutex));
            WaitBackend.Current.Wait(Sequence(mutex), seen, left);
            Interlocked.Decrement(ref *Sleepers(mutex));
        }
    }

    public bool Exit(byte* mutex)
    {
        ulong me = ProcessLease.Current.Id;
        if (Volatile.Read(ref *(ulong*)mutex) != me || *Thread(mutex) != ThreadOf(me))
        {
            return false;
        }

        if (--*Depth(mutex) == 0)
        {
            *Thread(mutex) = 0;
            Volatile.Write(ref *(ulong*)mutex, 0);
            Interlocked.Increment(ref *Sequence(mutex));
            if (Volatile.Read(ref *Sleepers(mutex)) != 0)
            {
                WaitBackend.Current.Wake(Sequence(mutex), 1);
            }
        }

        return true;
    }

    private static MutexEntry TakeFromDead(byte* mutex)
    {
        ulong owner = Volatile.Read(ref *(ulong*)mutex);
        return owner != 0 && ProcessLease.IsDead(owner) && TryTake(mutex, owner) == MutexEntry.Entered ? MutexEntry.Abandoned : MutexEntry.Busy;
    }

    private static MutexEntry TryTake(byte* mutex, ulong from)
    {
        ulong me = ProcessLease.Current.Id;
        ulong owner = Interlocked.CompareExchange(ref *(ulong*)mutex, me, from);
        if (owner == from)
        {
            *Thread(mutex) = ThreadOf(me);
            *Depth(mutex) = 1;
            return MutexEntry.Entered;
        }

        if (owner != me || Volatile.Read(ref *Thread(mutex)) != ThreadOf(me))
        {
            return MutexEntry.Busy;
        }

        if (*(uint*)(mutex + 20) == 0)
        {
            return MutexEntry.Held;
        }

        checked
        {
            ++*Depth(mutex);
        }

        return MutexEntry.Entered;
    }

    private static ulong ThreadOf(ulong lease) => (lease << 32) | (uint)Environment.CurrentManagedThreadId;

    private static ulong* Thread(byte* mutex) => (ulong*)(mutex + 8);

    private static uint* Depth(byte* mutex) => (uint*)(mutex + 16);

    private static uint* Sequence(byte* mutex) => (uint*)(mutex + 24);

    private static int* Sleepers(byte* mutex) => (int*)(mutex + 28);
}
