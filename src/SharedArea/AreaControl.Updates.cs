namespace Multiprocessing;

/// <content>Waiting for updates.</content>
/// <remarks>
/// Who wants to sleep sets bit 0 of the signal, then looks at the count once more, and sleeps only while the signal is unchanged. Who has updated looks at
/// the signal, and if the bit is set clears it, counts up the rest and wakes all. One who was killed asleep leaves one useless wake-up behind.
/// The fence that an update would need between its count and its look is paid for by who goes to sleep (<see cref="SharedFence"/>).
/// </remarks>
internal sealed unsafe partial class AreaControl
{
    /// <summary>After so many milliseconds a sleeper looks by itself: for a writer that dies between its update and the wake-up.</summary>
    private const int Backstop = 100;

    private uint* Signal => (uint*)(Words + SignalOffset);

    private ref int Sleepers => ref *(int*)(Words + SleepersOffset);

    /// <summary>Wakes those who sleep until an update.</summary>
    internal void Wake()
    {
        uint signal = Volatile.Read(ref *Signal);
        if ((signal & 1) != 0 && Interlocked.CompareExchange(ref *Signal, signal + 1, signal) == signal)
        {
            WaitBackend.Current.Wake(Signal, Math.Max(1, Volatile.Read(ref Sleepers)));
        }
    }

    /// <summary>Sleeps until the count is beyond one that was seen; false if the time ran out.</summary>
    internal bool WaitFor(long afterUpdate, Deadline deadline, CancellationToken cancellation)
    {
        if (CountUpdates() > afterUpdate)
        {
            return true;
        }

        Block.HoldMapping();
        try
        {
            using CancellationTokenRegistration registration = cancellation.UnsafeRegister(static control => ((AreaControl)control!).Wake(), this);
            while (true)
            {
                uint armed = Arm();
                if (CountUpdates() > afterUpdate)
                {
                    return true;
                }

                cancellation.ThrowIfCancellationRequested();
                int milliseconds = deadline.Remaining(Backstop);
                if (milliseconds == 0)
                {
                    return false;
                }

                Interlocked.Increment(ref Sleepers);
                WaitBackend.Current.Wait(Signal, armed, milliseconds);
                Interlocked.Decrement(ref Sleepers);
            }
        }
        finally
        {
            Block.ReleaseMapping();
        }
    }

    private uint Arm()
    {
        uint signal = Volatile.Read(ref *Signal);
        while ((signal & 1) == 0)
        {
            uint seen = Interlocked.CompareExchange(ref *Signal, signal | 1, signal);
            signal = seen == signal ? signal | 1 : seen;
        }

        if (SharedFence.IsAsymmetric)
        {
            SharedFence.HeavyForAll();
        }

        return signal;
    }
}
