namespace Multiprocessing.Bench;

/// <summary>A line of the table.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Ours">How long we took.</param>
/// <param name="PeerName">Who else was measured.</param>
/// <param name="Peer">How long he took.</param>
/// <param name="Goal">Null for a row that is only there to inform.</param>
/// <param name="Note">What the row does not measure.</param>
internal sealed record Row(string What, Series Ours, string PeerName, Series Peer, Goal? Goal, string Note)
{
    internal static IReadOnlyList<string> Headings { get; } =
        ["what", "goal", "ours: min / median / max", "peer", "peer: min / median / max", "ratio of medians", "met"];

    /// <summary>The chart that shows it, too.</summary>
    internal Plot? Plot { get; init; }

    internal bool? IsMet => Goal?.IsMet(Ours, Peer);

    /// <summary>The cells, but for the number of the note.</summary>
    internal string[] Cells()
    {
        Goal direction = Goal ?? Goal.Faster(1);
        return
        [
            What,
            Goal?.ToString() ?? "–",
            Ours.ToString(),
            PeerName,
            Peer.ToString(),
            Ours.IsMissing || Peer.IsMissing ? "–" : $"{Series.Digits(direction.RatioOf(Ours, Peer))}x",
            Goal is null ? "–" : IsMet switch { true => "yes", false => "NO", _ => "not measured" },
        ];
    }
}
