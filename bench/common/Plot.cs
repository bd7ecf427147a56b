namespace Multiprocessing.Bench;

/// <summary>Where a row is in a chart.</summary>
/// <param name="Chart">The name of the chart, which is that of its file.</param>
/// <param name="Ours">What our line or mark is called.</param>
/// <param name="Peer">What the peer's is called; null if it is not shown.</param>
/// <param name="X">The place on the horizontal axis, in a chart of lines.</param>
internal sealed record Plot(string Chart, string Ours, string? Peer, double X = 0);
