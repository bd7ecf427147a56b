namespace Multiprocessing.Bench;

/// <summary>What a row is to reach: so many times faster than its peer, at most so many times what the peer takes, or at most so long.</summary>
internal sealed record Goal
{
    private readonly Kind _kind;
    private readonly double _value;

    private Goal(Kind kind, double value) => (_kind, _value) = (kind, value);

    private enum Kind
    {
        Faster,
        AtMost,
        Within,
    }

    internal static Goal Faster(double times) => new(Kind.Faster, times);

    internal static Goal AtMost(double times) => new(Kind.AtMost, times);

    internal static Goal Within(double nanoseconds) => new(Kind.Within, nanoseconds);

    /// <summary>The ratio of the medians, in the direction of the goal.</summary>
    internal double RatioOf(Series ours, Series peer) => _kind == Kind.AtMost ? ours.Median / peer.Median : peer.Median / ours.Median;

    /// <summary>Null if it cannot be said, because one of the two was not measured.</summary>
    internal bool? IsMet(Series ours, Series peer) => _kind switch
    {
        _ when ours.IsMissing => null,
        Kind.Within => ours.Median <= _value,
        _ when peer.IsMissing => null,
        Kind.Faster => RatioOf(ours, peer) >= _value,
        _ => RatioOf(ours, peer) <= _value,
    };

    public override string ToString() => _kind switch
    {
        Kind.Faster => FormattableString.Invariant($"≥ {_value}x as fast"),
        Kind.AtMost => FormattableString.Invariant($"≤ {_value}x its time"),
        _ => $"≤ {Series.Text(_value)}",
    };
}
