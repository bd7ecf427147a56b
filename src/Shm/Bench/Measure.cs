using System.Diagnostics;

namespace Multiprocessing.Shm;

/// <summary>One thing that <c>shm bench</c> measures.</summary>
/// <param name="Name">Its stable name.</param>
/// <param name="Does">What is done once.</param>
/// <param name="Run">Does it so many times.</param>
internal sealed record Measure(string Name, string Does, Action<int> Run)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Sampling = TimeSpan.FromMilliseconds(350);
    private const double SampleMilliseconds = 5;
    private const int FewestSamples = 5;
    private const int MostInBatch = 1 << 24;

    /// <summary>Measures: warms up, finds out how many make a sample that a clock can tell, and takes samples for a third of a second, five at least.</summary>
    /// <returns>What it costs once; null if it was cancelled.</returns>
    internal Measured? Take(CancellationToken cancellation)
    {
        int batch = 1;
        long start = Stopwatch.GetTimestamp();
        double once = double.MaxValue;
        do
        {
            once = Math.Min(once, Time(batch) / batch);
            batch = (int)Math.Clamp(SampleMilliseconds * 1e6 / once, 1, Math.Min(MostInBatch, 8L * batch));
        }
        while (Stopwatch.GetElapsedTime(start) < WarmUp && !cancellation.IsCancellationRequested);

        var samples = new List<double>();
        start = Stopwatch.GetTimestamp();
        while ((samples.Count < FewestSamples || Stopwatch.GetElapsedTime(start) < Sampling) && !cancellation.IsCancellationRequested)
        {
            samples.Add(Time(batch) / batch);
        }

        samples.Sort();
        return cancellation.IsCancellationRequested ? null
            : new Measured(Name, Does, (samples[(samples.Count - 1) / 2] + samples[samples.Count / 2]) / 2, samples[0], samples[^1], samples.Count, batch);
    }

    private double Time(int count)
    {
        long start = Stopwatch.GetTimestamp();
        Run(count);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }
}
