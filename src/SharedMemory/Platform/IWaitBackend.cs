namespace Multiprocessing;

/// <summary>How an operating system lets a thread sleep until a word of shared memory changes. One implementation each.</summary>
internal unsafe interface IWaitBackend
{
    /// <summary>
    /// Sleeps until somebody wakes the word, for at most so many milliseconds, and not at all if it does not hold <paramref name="expected"/>.
    /// It may also return for no reason: the caller looks again.
    /// </summary>
    void Wait(uint* word, uint expected, int milliseconds);

    /// <summary>Wakes at most so many of those who sleep on the word, in whatever process; it is not said of more than sleep there.</summary>
    /// <returns>How many it is known that it woke: 0 where the system does not say.</returns>
    int Wake(uint* word, int count);
}
