using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>Processes that do the same for the same time, so many of them as are told to.</summary>
/// <remarks>Times are those of <see cref="Stopwatch"/>, whose clock the processes of a machine share. Who is not told sleeps.</remarks>
internal sealed class Crew : IDisposable
{
    internal static readonly TimeSpan Window = TimeSpan.FromMilliseconds(200);

    /// <summary>For each to hear what to do, and to be ready.</summary>
    private static readonly TimeSpan Head = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan HeadEach = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<Process> _servants = [];

    /// <summary>Starts them, and waits until each is there.</summary>
    internal Crew(int count)
    {
        for (int i = 0; i < count; i++)
        {
            ProcessStartInfo start = Programs.Self(Servant.Verb);
            start.RedirectStandardInput = start.RedirectStandardOutput = true;

            // What they do is to be compiled as well as it ever is when they do it first.
            start.Environment["DOTNET_TieredCompilation"] = "0";
            _servants.Add(Process.Start(start)!);
        }

        _servants.ForEach(servant => Hear(servant));
    }

    /// <summary>Nanoseconds of the time for each that was done by all of them together.</summary>
    /// <param name="what">What to do, for the servant of each number.</param>
    /// <param name="name">With which structure.</param>
    /// <param name="count">How many of them.</param>
    internal double Do(Func<int, string> what, string name, int count)
    {
        long begin = Stopwatch.GetTimestamp() + Ticks(Head + (HeadEach * count));
        for (int i = 0; i < count; i++)
        {
            _servants[i].StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what(i)} {name} {begin} {begin + Ticks(Window)}"));
            _servants[i].StandardInput.Flush();
        }

        long done = _servants.Take(count).Sum(servant => long.Parse(Hear(servant), CultureInfo.InvariantCulture));
        return done > 0 ? Window.TotalNanoseconds / done : throw new InvalidOperationException($"{what(0)}: nothing was done.");
    }

    public void Dispose()
    {
        _servants.ForEach(servant => servant.StandardInput.Close());
        foreach (Process servant in _servants)
        {
            if (!servant.WaitForExit(Patience))
            {
                servant.Kill();
            }

            servant.Dispose();
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private static string Hear(Process servant)
    {
        Task<string?> line = servant.StandardOutput.ReadLineAsync();
        return line.Wait(Patience) && line.Result is { } answer ? answer : throw new InvalidOperationException("A process of the crew is gone, or hangs.");
    }
}
