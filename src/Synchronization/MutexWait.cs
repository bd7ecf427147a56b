namespace Multiprocessing;

/// <summary>Waiting for a mutex of the system, with a deadline and a cancellation, which it knows nothing of.</summary>
internal static unsafe class MutexWait
{
    /// <summary>How long in milliseconds a wait that can be cancelled sleeps in the kernel before it looks whether it was.</summary>
    private const int CancellationLook = 20;
    private const int LongestWait = 1_000_000;

    /// <summary>Enters at once if that can be done, or else waits.</summary>
    internal static MutexEntry Enter(byte* mutex, Deadline deadline, CancellationToken cancellation)
    {
        MutexEntry entry = MutexBackend.Current.TryEnter(mutex);
        return entry == MutexEntry.Busy ? Wait(mutex, deadline, cancellation) : entry;
    }

    /// <summary>Waits for one that was just found busy; it still is if the deadline passes.</summary>
    internal static MutexEntry Wait(byte* mutex, Deadline deadline, CancellationToken cancellation)
    {
        MutexEntry entry = MutexEntry.Busy;
        while (entry == MutexEntry.Busy && !deadline.Passed)
        {
            cancellation.ThrowIfCancellationRequested();
            entry = MutexBackend.Current.Enter(mutex, deadline.Remaining(cancellation.CanBeCanceled ? CancellationLook : LongestWait));
        }

        return entry;
    }
}
