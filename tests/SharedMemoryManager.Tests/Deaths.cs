using System.Diagnostics;
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

    /// <summary>How many die at once: enough to keep the processors busy while one waits, and to have them meet.</summary>
    private const int AtOnce = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Runs all rounds of a death, several at once, and asserts after each lot that nothing is left: each of a lot is dead by then, so it is left by
    /// none of them.
    /// </summary>
    /// <param name="seed">Of the random moments.</param>
    /// <param name="round">A death, with its number and its chance.</param>
    /// <param name="reclaim">Whether owner and server may both be dead.</param>
    /// <param name="rounds">How often, if not <see cref="Rounds"/>.</param>
    internal static void Run(int seed, Action<int, Random> round, bool reclaim = false, int? rounds = null) =>
        RunLots(seed, static () => 0, (_, number, random) => round(number, random), static _ => { }, reclaim, rounds);

    /// <summary>The same, with something that those of a lot have in common, such as a manager that outlives them.</summary>
    /// <param name="seed">Of the random moments.</param>
    /// <param name="begin">Makes what is common.</param>
    /// <param name="round">A death.</param>
    /// <param name="end">Looks at what is common, and ends it.</param>
    /// <param name="reclaim">Whether owner and server may both be dead.</param>
    /// <param name="rounds">How often, if not <see cref="Rounds"/>.</param>
    internal static void RunLots<T>(int seed, Func<T> begin, Action<T, int, Random> round, Action<T> end, bool reclaim = false, int? rounds = null)
    {
        for (int done = 0; done < (rounds ?? Rounds); done += AtOnce)
        {
            ShmSnapshot before = ShmSnapshot.Take();
            T common = begin();
            Task[] lot =
            [
                .. Enumerable.Range(done, Math.Min(AtOnce, (rounds ?? Rounds) - done)).Select(number => Task.Factory.StartNew(
                    () => round(common, number, new Random(seed + number)),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default)),
            ];
            Task.WaitAll(lot);
            end(common);
            if (reclaim)
            {
                AssertNothingLeft(before);
            }
            else
            {
                before.AssertUnchanged();
            }
        }
    }

    /// <summary>The first word that an owner says.</summary>
    internal static int ServerOf(ChildProcess owner) => int.Parse(owner.ReadLine().Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>Owner and server, in either order.</summary>
    internal static void KillBoth(ChildProcess owner, int server, Random random)
    {
        (int first, int second) = random.Next(2) == 0 ? (owner.Id, server) : (server, owner.Id);
        Signals.Send(first, Signals.Kill);
        Signals.Send(second, Signals.Kill);
        owner.WaitForExit();
    }

    /// <summary>Lets a time pass that may be a fraction of a millisecond, which alone is spun away: who dies needs the processors more.</summary>
    internal static void Sleep(double milliseconds)
    {
        long start = Stopwatch.GetTimestamp();
        if (milliseconds >= 2)
        {
            Thread.Sleep((int)milliseconds - 1);
        }

        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds)
        {
            Thread.SpinWait(20);
        }
    }

    /// <summary>Owner and server may both be dead: then it is the next reclaim that leaves nothing.</summary>
    internal static void AssertNothingLeft(ShmSnapshot before)
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;

        // This process lives, and so does its lease.
        string own = $"{ProcessLease.Current.Id:x16}.lease";
        do
        {
            SharedMemoryManager.Reclaim();
            Thread.Sleep(10);
        }
        while (Directory.EnumerateFiles("/dev/shm", "*psm_*", FileListing.HiddenToo).Any(path => !path.EndsWith(own, StringComparison.Ordinal)) && Environment.TickCount64 < deadline);

        before.AssertUnchanged();
    }
}
