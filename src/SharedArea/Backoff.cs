namespace Multiprocessing;

/// <summary>Waits for what another thread is about to finish: first on the processor, then by giving it away, at last asleep.</summary>
internal struct Backoff
{
    private const int Spins = 12;
    private const int Yields = 40;
    private const int MostShift = 6;

    /// <summary>A sleep is about a millisecond, so whether somebody is dead, which costs some system calls, is asked now and then only.</summary>
    private const int SleepsBetweenLooks = 4;

    private int _rounds;

    /// <summary>Waits a little, each time longer; true when it is time to see whether who is waited for is dead.</summary>
    internal bool Pause()
    {
        int round = _rounds++;
        if (round < Spins)
        {
            Thread.SpinWait(1 << Math.Min(round, MostShift));
            return false;
        }

        if (round < Spins + Yields)
        {
            Thread.Yield();
            return false;
        }

        Thread.Sleep(1);
        return (round - Spins - Yields) % SleepsBetweenLooks == 0;
    }

    /// <summary>Waits while that costs less than to sleep; false when it would go to sleep next.</summary>
    internal bool PauseAwake()
    {
        if (_rounds >= Spins + Yields)
        {
            return false;
        }

        Pause();
        return true;
    }
}
