using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>What the tests that kill have in common.</summary>
internal static class Deaths
{
    /// <summary>How often each random death is tried; more by environment for a longer run.</summary>
    internal static int Rounds { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("DEATH_ROUNDS"), CultureInfo.InvariantCulture, out int rounds) ? rounds : 100;

    /// <summary>When the watchdog of a test of so many rounds barks.</summary>
    internal static TimeSpan Limit { get; } = TimeSpan.FromSeconds(120 + (5 * Rounds));

    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0 };
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The first word that an owner says.</summary>
    internal static int ServerOf(ChildProcess owner) => int.Parse(owner.ReadLine().Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>Owner and server may both be dead: then it is the next reclaim that leaves nothing.</summary>
    internal static void AssertNothingLeft(ShmSnapshot before)
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        do
        {
            SharedMemoryManager.Reclaim();
            Thread.Sleep(10);
        }
        while (Directory.EnumerateFiles("/dev/shm", "*psm_*", All).Any() && Environment.TickCount64 < deadline);

        before.AssertUnchanged();
    }
}
