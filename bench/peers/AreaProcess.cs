using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>A second process at the same area, which does as it is told: the lines <c>LOOP END</c> and <c>wait</c>.</summary>
/// <remarks>Times are those of <see cref="Stopwatch"/>, whose clock the processes of a machine share.</remarks>
internal sealed class AreaProcess : IDisposable
{
    internal const string Verb = "area-process";

    private const int WakeUps = 20;
    private const int Calls = 100;
    private static readonly TimeSpan Head = TimeSpan.FromMilliseconds(2);

    private readonly SharedArea _area;
    private readonly Process _process;

    internal AreaProcess(SharedArea area)
    {
        _area = area;
        ProcessStartInfo start = Programs.Self(Verb, area.Name);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
    }

    /// <summary>What the other process does until its input ends.</summary>
    internal static void Serve(string name)
    {
        using SharedArea area = SharedArea.Attach(name);
        while (Console.ReadLine() is string line)
        {
            string[] words = line.Split(' ');
            if (words[0] == "wait")
            {
                long seen = area.UpdateCount;
                Console.WriteLine("waits");
                area.Wait(seen);
                Console.WriteLine(Stopwatch.GetTimestamp());
            }
            else
            {
                Console.WriteLine(Run(area, words[0], Number(words[1]), Number(words[2])));
            }
        }
    }

    /// <summary>This process does the one and the other process the other: nanoseconds for each call of both together.</summary>
    internal double Together(string ours, string theirs)
    {
        long begin = Stopwatch.GetTimestamp() + (long)(Head.TotalSeconds * Stopwatch.Frequency);
        long end = begin + (long)(Contest.Loop.TotalSeconds * Stopwatch.Frequency);
        Say(string.Create(CultureInfo.InvariantCulture, $"{theirs} {begin} {end}"));
        long done = Run(_area, ours, begin, end);
        done += Number(Hear());
        return Contest.Loop.TotalNanoseconds / done;
    }

    /// <summary>The median of the times from an update to the return of the waiter in the other process.</summary>
    internal double WakeUp()
    {
        double[] samples = new double[WakeUps];
        for (int i = 0; i < samples.Length; i++)
        {
            Say("wait");
            Hear();
            Thread.Sleep(3);
            long begin = Stopwatch.GetTimestamp();
            _area.Increment64(16);
            samples[i] = Stopwatch.GetElapsedTime(begin, Number(Hear())).TotalNanoseconds;
        }

        return Series.MedianOf(samples);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static long Run(SharedArea area, string what, long begin, long end)
    {
        Action<int> loop = Areas.Loop(area, what, Areas.Aligned(8), Areas.Aligned(4096), default);
        while (Stopwatch.GetTimestamp() < begin)
        {
            Thread.SpinWait(10);
        }

        long done = 0;
        do
        {
            loop(Calls);
            done += Calls;
        }
        while (Stopwatch.GetTimestamp() < end);
        return done;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private void Say(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    private string Hear() => _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The second process at the area is gone.");
}
