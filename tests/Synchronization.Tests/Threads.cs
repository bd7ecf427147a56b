using System.Runtime.ExceptionServices;

namespace Multiprocessing.Tests;

internal static class Threads
{
    /// <summary>Runs an action on a new thread to its end; what it throws is thrown here.</summary>
    internal static void Run(Action action) => Start(action)();

    /// <summary>Starts an action on a new thread; the result waits for its end, and throws what it threw.</summary>
    internal static Action Start(Action action)
    {
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                error = ExceptionDispatchInfo.Capture(e);
            }
        })
        { IsBackground = true };
        thread.Start();
        return () =>
        {
            thread.Join();
            error?.Throw();
        };
    }
}
