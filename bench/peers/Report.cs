using System.Text;
using Spectre.Console;

namespace Multiprocessing.Bench;

/// <summary>The table, on the console and as markdown.</summary>
internal sealed class Report(string title, IReadOnlyList<Row> rows)
{
    private const int WidthOfFiles = 220;

    private static readonly string[] Headings = ["what", "ours: min / median / max", "peer", "peer: min / median / max", "ratio of medians", "goal", "met"];

    private readonly string[] _notes = [.. rows.Select(row => row.Note).Distinct()];

    internal void Print()
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthOfFiles;
        }

        var table = new Table().Title(Markup.Escape(title)).Border(TableBorder.Simple);
        foreach (string heading in Headings)
        {
            var column = new TableColumn(Markup.Escape(heading));
            table.AddColumn(heading is "what" or "peer" ? column : column.RightAligned().NoWrap());
        }

        foreach (Row row in rows)
        {
            string[] cells = [.. row.Cells().Select(Markup.Escape)];
            cells[0] += $" [grey]({NoteNumber(row)})[/]";
            cells[^1] = cells[^1] switch
            {
                "yes" => "[green]yes[/]",
                "no" => "[red]no[/]",
                string other => other,
            };
            table.AddRow(cells);
        }

        AnsiConsole.Write(table);
        for (int i = 0; i < _notes.Length; i++)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]({i + 1})[/] {_notes[i]}");
        }
    }

    internal string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine(title).AppendLine();
        text.Append("| ").AppendJoin(" | ", Headings).AppendLine(" |");
        text.AppendLine("|---|---:|---|---:|---:|---:|---|");
        foreach (Row row in rows)
        {
            string[] cells = row.Cells();
            cells[0] += $" ({NoteNumber(row)})";
            text.Append("| ").AppendJoin(" | ", cells).AppendLine(" |");
        }

        text.AppendLine();
        for (int i = 0; i < _notes.Length; i++)
        {
            text.AppendLine(null, $"{i + 1}. {_notes[i]}");
        }

        return text.ToString();
    }

    private int NoteNumber(Row row) => Array.IndexOf(_notes, row.Note) + 1;
}
