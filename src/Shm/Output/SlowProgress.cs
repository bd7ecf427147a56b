using System.Diagnostics;
using Spectre.Console;

namespace Multiprocessing.Shm;

/// <summary>Work on many things, with a progress bar where it takes more than a second: on the standard error, and only if that is a terminal.</summary>
internal static class SlowProgress
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Does it for each.</summary>
    internal static void ForEach<T>(IReadOnlyList<T> all, string what, Action<T> act)
    {
        long start = Stopwatch.GetTimestamp();
        int done = 0;
        while (done < all.Count && (Console.IsErrorRedirected || Stopwatch.GetElapsedTime(start) < Patience))
        {
            act(all[done++]);
        }

        if (done < all.Count)
        {
            ForRest(all, done, what, act);
        }
    }

    private static void ForRest<T>(IReadOnlyList<T> all, int done, string what, Action<T> act)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        console.Progress().AutoClear(true).Start(progress =>
        {
            ProgressTask bar = progress.AddTask(Markup.Escape(what), maxValue: all.Count);
            bar.Value = done;
            for (int i = done; i < all.Count; i++)
            {
                act(all[i]);
                bar.Increment(1);
            }
        });
    }
}
