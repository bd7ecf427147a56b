namespace Multiprocessing;

/// <summary>
/// A full fence between processes whose whole price the rare side pays. The frequent side (who publishes) stores, then reads whether anybody sleeps, with no
/// fence between the two; the rare side (who is about to sleep) says so, calls <see cref="Heavy"/>, and looks once more.
/// </summary>
/// <remarks>
/// <c>membarrier(2)</c> makes every running thread of every registered process pass a full barrier before it returns; a thread that does not run has passed one
/// when it was switched out. So for each publisher the barrier lies either before its store and its look, and then it sees the sleeper; or between them or after both, and then
/// the sleeper's second look sees the store. Nobody misses the other.
/// </remarks>
internal static class SharedFence
{
    /// <summary>Whether this process is registered: where it is not, its publishers need a fence of their own, and its <see cref="Heavy"/> is an ordinary one.</summary>
    internal static bool IsAsymmetric { get; } = OperatingSystem.IsLinux() && LinuxMembarrier.TryRegister();

    /// <summary>A full fence, here and in all running threads of all registered processes.</summary>
    internal static void Heavy()
    {
        Interlocked.MemoryBarrier();
        if (IsAsymmetric)
        {
            LinuxMembarrier.Fence();
        }
    }

    /// <summary>The same for a structure whose other processes count on it, and have no fence of their own.</summary>
    /// <exception cref="PlatformNotSupportedException">This process cannot do it.</exception>
    internal static void HeavyForAll()
    {
        if (!IsAsymmetric)
        {
            throw new PlatformNotSupportedException("This system has no barrier across processes (membarrier), which the other processes count on.");
        }

        Heavy();
    }
}
