using System.Diagnostics;
using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>A process of a <see cref="Crew"/>: a line "what name begin end" in, how often it was done out. Its end is the end of its input.</summary>
internal static class Servant
{
    internal const string Verb = "servant";

    internal static void Serve()
    {
        Programs.IgnoreSignals();
        Console.WriteLine("ready");
        while (Console.ReadLine()?.Split(' ') is [string what, string name, string begin, string end])
        {
            using Deed deed = Deed.Open(what, name);
            deed.Once();
            Console.WriteLine(Run(deed, long.Parse(begin, CultureInfo.InvariantCulture), long.Parse(end, CultureInfo.InvariantCulture)));
        }
    }

    private static long Run(Deed deed, long begin, long end)
    {
        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), begin);
        if (left > TimeSpan.Zero)
        {
            Thread.Sleep(left);
        }

        long done = 0;
        do
        {
            done += deed.Some();
        }
        while (Stopwatch.GetTimestamp() < end);
        return done + deed.Finish();
    }
}
