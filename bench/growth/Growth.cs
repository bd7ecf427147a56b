namespace Multiprocessing.Bench;

/// <summary>A chart of what grows, and why.</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="Heading">What it is about.</param>
/// <param name="Sentence">What grows, what does not, and why.</param>
/// <param name="Chart">The chart.</param>
/// <param name="Notes">What was left out.</param>
internal sealed record Growth(string Name, string Heading, string Sentence, LineChart Chart, IReadOnlyList<string> Notes);
