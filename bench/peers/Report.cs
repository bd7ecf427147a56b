using System.Text;

namespace Multiprocessing.Bench;

/// <summary>What a run has to say, and the part of a page that it becomes.</summary>
/// <param name="Title">How it was measured.</param>
/// <param name="Load">The load before and after.</param>
/// <param name="Versions">The peers.</param>
/// <param name="Rows">The rows, each with the number of its issue.</param>
internal sealed record Report(string Title, string Load, IReadOnlyList<(string Peer, string Version)> Versions, IReadOnlyList<(int Issue, Row Row)> Rows)
{
    private const string PartName = "bench/peers";

    internal void Print() => new GoalTable(Rows).Print(Title);

    /// <summary>Writes the part into the page, and the charts beside it.</summary>
    internal void Write(string page)
    {
        var table = new GoalTable(Rows);
        var text = new StringBuilder();
        text.Append("## Beside the peers\n\n").Append(Title).Append(' ').Append(Load).Append("\n\n").Append(table.Summary()).Append("\n\n");
        text.Append("| peer | version |\n|---|---|\n");
        foreach ((string peer, string version) in Versions)
        {
            text.Append(null, $"| {peer} | {version} |\n");
        }

        text.Append('\n').Append(table.ToMarkdown()).Append('\n');
        text.Append(ChartFiles.Write(page, Charts.Draw(Rows.Select(row => row.Row))));
        GeneratedPart.Write(page, PartName, text.ToString());
    }
}
