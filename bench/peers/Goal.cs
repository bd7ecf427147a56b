namespace Multiprocessing.Bench;

/// <summary>What a row is to reach: so many times faster than its peer, or at most so many times what the peer takes.</summary>
internal sealed record Goal(double Factor, bool IsFaster)
{
    internal static Goal Faster(double times) => new(times, true);

    internal static Goal AtMost(double times) => new(times, false);

    /// <summary>The ratio of the medians, in the direction of the goal.</summary>
    internal double RatioOf(Series ours, Series peer) => IsFaster ? peer.Median / ours.Median : ours.Median / peer.Median;

    internal bool IsMet(Series ours, Series peer) =>
        IsFaster ? RatioOf(ours, peer) >= Factor : RatioOf(ours, peer) <= Factor;

    public override string ToString() => FormattableString.Invariant($"{(IsFaster ? "≥" : "≤")} {Factor}x");
}
