using System.Text;
using Spectre.Console;

namespace Multiprocessing.Bench;

/// <summary>The table, on the console and as markdown.</summary>
internal sealed class Report(string title, IReadOnlyList<string> sides, IReadOnlyList<(Death Death, IReadOnlyList<Tally> Tallies)> rows)
{
    private const int WidthOfFiles = 220;

    private const string Legend =
        "left: rounds after which something was still there 3 s later (blocks, hidden names, leases, temporary folders with the socket, processes) / "
        + "rounds. lost: rounds in which a block was gone, or its data, though its owner lived / rounds. Not counted: the diagnostics socket that "
        + "the .NET runtime itself leaves in the temporary folder when a process is killed.";

    internal void Print()
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthOfFiles;
        }

        var table = new Table().Title(Markup.Escape(title)).Border(TableBorder.Simple);
        table.AddColumns("row", "death");
        foreach (string side in sides)
        {
            table.AddColumn(new TableColumn(Markup.Escape($"{side}: left")).RightAligned());
            table.AddColumn(new TableColumn(Markup.Escape($"{side}: lost")).RightAligned());
        }

        table.AddColumn("right is");
        foreach ((Death death, IReadOnlyList<Tally> tallies) in rows)
        {
            table.AddRow(
            [
                death.Number.ToString(null, null),
                Markup.Escape(death.Title),
                .. tallies.SelectMany(tally => (string[])[Colored(tally, tally.Left), Colored(tally, tally.Lost)]),
                Markup.Escape(death.Right),
            ]);
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(Legend);
        foreach (string line in Seen())
        {
            AnsiConsole.WriteLine(line);
        }
    }

    internal string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append(title).Append("\n\n");
        text.Append("| row | death | ").AppendJoin(" | ", sides.Select(side => $"{side}: left | {side}: lost")).Append(" | right is |\n");
        text.Append("|---:|---|").Insert(text.Length, "---:|---:|", sides.Count).Append("---|\n");
        foreach ((Death death, IReadOnlyList<Tally> tallies) in rows)
        {
            text.Append(null, $"| {death.Number} | {death.Title} | ")
                .AppendJoin(" | ", tallies.Select(tally => $"{tally.Left} | {tally.Lost}"))
                .Append(null, $" | {death.Right} |\n");
        }

        text.Append('\n').Append(Legend).Append("\n\nWhat was seen:\n\n");
        foreach (string line in Seen())
        {
            text.Append(null, $"- {line}\n");
        }

        return text.ToString();
    }

    private IEnumerable<string> Seen() =>
        rows.SelectMany(row => row.Tallies
            .Select((tally, i) => $"row {row.Death.Number}, {sides[i]}: {tally.Seen}")
            .Where((_, i) => row.Tallies[i].Seen.Length > 0));

    private static string Colored(Tally tally, string text) => $"[{(tally.IsClean ? "green" : "red")}]{Markup.Escape(text)}[/]";
}
