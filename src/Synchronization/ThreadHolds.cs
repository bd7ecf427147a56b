namespace Multiprocessing;

/// <summary>What the calling thread holds of the reader-writer locks, so that it is told of a re-entry and of an upgrade before it waits for itself.</summary>
internal static class ThreadHolds
{
    [ThreadStatic]
    private static Hold[]? _holds;

    [ThreadStatic]
    private static int _count;

    /// <summary>The hold on the lock of that key; a null reference if there is none. Valid until the thread's holds change.</summary>
    internal static ref Hold Find(ulong key)
    {
        Hold[]? holds = _holds;
        for (int i = 0; i < _count; i++)
        {
            if (holds![i].Key == key)
            {
                return ref holds[i];
            }
        }

        return ref System.Runtime.CompilerServices.Unsafe.NullRef<Hold>();
    }

    /// <summary>Adds a hold, which allocates the first few times in a thread.</summary>
    internal static ref Hold Add(ulong key)
    {
        if (_holds is null || _count == _holds.Length)
        {
            Array.Resize(ref _holds, Math.Max(4, _count * 2));
        }

        ref Hold hold = ref _holds[_count++];
        hold = new Hold { Key = key };
        return ref hold;
    }

    internal static void Remove(ref Hold hold) => hold = _holds![--_count];

    /// <summary>How a thread holds a lock.</summary>
    internal struct Hold
    {
        /// <summary>The lock, whatever object or mapping it is reached by.</summary>
        internal ulong Key;

        /// <summary>The stripe that is held to read; -1 if it is not.</summary>
        internal int Stripe;

        /// <summary>How often it is entered to read, within the writing if there is one.</summary>
        internal int Reads;

        /// <summary>How often it is entered to write.</summary>
        internal int Writes;

        /// <summary>The object through which it was entered first, which has the memory mapped.</summary>
        internal SharedReaderWriterLock Through;
    }
}
