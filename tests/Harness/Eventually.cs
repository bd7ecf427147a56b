using System.Diagnostics;

namespace Multiprocessing.Tests;

/// <summary>Waits by polling for a state that other threads or processes bring about.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns when <paramref name="condition"/> holds; fails, naming <paramref name="what"/>, when it does not in time.</summary>
    /// <exception cref="TimeoutException">The condition did not hold within <paramref name="timeout"/> (30 s by default).</exception>
    public static void True(Func<bool> condition, string what, TimeSpan? timeout = null)
    {
        TimeSpan limit = timeout ?? TimeSpan.FromSeconds(30);
        if (!Becomes(condition, limit))
        {
            throw new TimeoutException($"Not within {limit.TotalSeconds:0.###} s: {what}.");
        }
    }

    /// <summary>Whether <paramref name="condition"/> comes to hold within the limit, which a debugger makes infinite.</summary>
    internal static bool Becomes(Func<bool> condition, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed >= limit && !Debugger.IsAttached)
            {
                return false;
            }
            Thread.Sleep(Pause);
        }
        return true;
    }
}
