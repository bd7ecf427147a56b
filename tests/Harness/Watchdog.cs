using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiprocessing.Tests;

/// <summary>
/// Turns a test that would block for ever into one that fails. Every test that can block runs under it.
/// The limit is generous, because it is no assertion about speed, and infinite under a debugger.
/// </summary>
/// <remarks>A blocked thread cannot be stopped: on expiry it is left behind, as a background thread, until the process ends.</remarks>
public static class Watchdog
{
    /// <summary>The limit when none is given.</summary>
    public static TimeSpan DefaultLimit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs <paramref name="body"/> on a thread of its own under <see cref="DefaultLimit"/>.</summary>
    /// <exception cref="TimeoutException">The limit has passed.</exception>
    public static void Run(Action body, [CallerMemberName] string what = "") => Run(DefaultLimit, body, what);

    /// <summary>Runs <paramref name="body"/> on a thread of its own for at most <paramref name="limit"/>.</summary>
    /// <exception cref="TimeoutException">The limit has passed.</exception>
    public static void Run(TimeSpan limit, Action body, [CallerMemberName] string what = "")
    {
        // LongRunning: a thread of its own, so that a body that takes thread-bound locks keeps to one thread.
        Task task = Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        // Waiting on the handle, unlike on the task, does not wrap what the body throws in an AggregateException.
        if (!((IAsyncResult)task).AsyncWaitHandle.WaitOne(Effective(limit)))
        {
            throw Expired(what, limit);
        }
        task.GetAwaiter().GetResult();
    }

    /// <summary>Runs <paramref name="body"/> under <see cref="DefaultLimit"/>.</summary>
    /// <exception cref="TimeoutException">The limit has passed.</exception>
    public static Task RunAsync(Func<Task> body, [CallerMemberName] string what = "") => RunAsync(DefaultLimit, body, what);

    /// <summary>Runs <paramref name="body"/> for at most <paramref name="limit"/>.</summary>
    /// <exception cref="TimeoutException">The limit has passed.</exception>
    public static async Task RunAsync(TimeSpan limit, Func<Task> body, [CallerMemberName] string what = "")
    {
        // Task.Run: a body that blocks before its first await must not block the watchdog too.
        Task task = Task.Run(body);
        if (await Task.WhenAny(task, Task.Delay(Effective(limit))).ConfigureAwait(false) != task)
        {
            throw Expired(what, limit);
        }
        await task.ConfigureAwait(false);
    }

    /// <summary>The limit to wait for: <paramref name="limit"/> or the default, infinite under a debugger.</summary>
    internal static TimeSpan Effective(TimeSpan? limit) =>
        Debugger.IsAttached ? Timeout.InfiniteTimeSpan : limit ?? DefaultLimit;

    private static TimeoutException Expired(string what, TimeSpan limit) =>
        new($"Watchdog: '{what}' has not ended within {limit.TotalSeconds:0.###} s. Its thread is left behind.");
}
