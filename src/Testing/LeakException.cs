namespace Multiprocessing;

/// <summary>Something was left behind. The message is the whole report.</summary>
public sealed class LeakException : Exception
{
    internal LeakException(LeakReport report)
        : base(report.ToString()) => Report = report;

    /// <summary>What was left.</summary>
    public LeakReport Report { get; }
}
