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
    /// <summary>The cells, but for the number of the note.</summary>
    internal string[] Cells()
    {
        Goal direction = Goal ?? Bench.Goal.Faster(1);
        return
        [
            What,
            Ours.ToString(),
            PeerName,
            Peer.ToString(),
            Peer.IsMissing ? "–" : $"{Series.Digits(direction.RatioOf(Ours, Peer))}x",
            Goal?.ToString() ?? "–",
            Goal is null || Peer.IsMissing ? "–" : Goal.IsMet(Ours, Peer) ? "yes" : "no",
        ];
    }
}
