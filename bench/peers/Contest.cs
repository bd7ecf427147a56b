using System.Diagnostics;

namespace Multiprocessing.Bench;

/// <summary>
/// Measurements in turn: every round measures each contestant once, so that whatever else the machine does meets all of them alike. Every
/// second round goes in the opposite order.
/// </summary>
internal sealed class Contest(int rounds, CancellationToken cancellation)
{
    /// <summary>How long a loop runs at least.</summary>
    internal static readonly TimeSpan Loop = TimeSpan.FromMilliseconds(60);

    /// <summary>Longer than the runtime waits with better code for what has been called often (100 ms).</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(150);

    /// <summary>A contestant that is not there.</summary>
    internal static Func<double> Missing { get; } = static () => double.NaN;

    internal int Rounds { get; } = rounds;

    /// <summary>How many contestants did not come to the end.</summary>
    internal int Failures { get; private set; }

    /// <summary>
    /// Runs the contestants, each of which returns nanoseconds; the first call of each is not counted. One that fails is left out from there on, and
    /// the others go on without it.
    /// </summary>
    internal Series[] Run(params IReadOnlyList<Func<double>> contestants)
    {
        List<double>?[] results = [.. contestants.Select(contestant => contestant == Missing ? null : new List<double>())];
        for (int i = 0; i < results.Length; i++)
        {
            // Three times, because each step up of the JIT's compiler wants its own pause.
            for (int warmUp = 0; warmUp < 3 && results[i] is not null; warmUp++)
            {
                TryMeasure(contestants, results, i);
                Thread.Sleep(Settling);
            }

            results[i]?.Clear();
        }

        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < results.Length; i++)
            {
                TryMeasure(contestants, results, round % 2 == 0 ? i : results.Length - 1 - i);
            }
        }

        return [.. results.Select((result, i) => result is not null ? Series.Of(result) : contestants[i] == Missing ? Series.NotInstalled : Series.Failed)];
    }

    private void TryMeasure(IReadOnlyList<Func<double>> contestants, List<double>?[] results, int which)
    {
        if (results[which] is not { } result)
        {
            return;
        }

        cancellation.ThrowIfCancellationRequested();
        try
        {
            result.Add(contestants[which]());
        }
        catch (InvalidOperationException e)
        {
            Console.Error.WriteLine(e.Message);
            results[which] = null;
            Failures++;
        }
    }

    /// <summary>A contestant: nanoseconds a call of what <paramref name="batch"/> does as often as it is told.</summary>
    internal static Func<double> PerCall(int calls, Action<int> batch) => () =>
    {
        long done = 0;
        long start = Stopwatch.GetTimestamp();
        TimeSpan passed;
        do
        {
            batch(calls);
            done += calls;
            passed = Stopwatch.GetElapsedTime(start);
        }
        while (passed < Loop);
        return passed.TotalNanoseconds / done;
    };

    /// <summary>A contestant: the median of single calls, each timed by itself.</summary>
    internal static Func<double> MedianOf(int calls, Func<TimeSpan> once) => () =>
        Series.MedianOf(Enumerable.Range(0, calls).Select(_ => once().TotalNanoseconds).ToArray());

    /// <summary>A contestant: the median of single calls of what is too short to be timed from outside.</summary>
    internal static Func<double> MedianOf(int calls, Action once)
    {
        double[] samples = new double[calls];
        return () =>
        {
            for (int i = 0; i < samples.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                once();
                samples[i] = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
            }

            return Series.MedianOf(samples);
        };
    }
}
