using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Multiprocessing.Bench;

/// <summary>Rows with their goals: on the console and as markdown.</summary>
internal sealed class GoalTable
{
    private const int WidthOfFiles = 220;

    private readonly IReadOnlyList<(int Issue, Row Row)> _rows;
    private readonly string[] _notes;

    internal GoalTable(IReadOnlyList<(int Issue, Row Row)> rows)
    {
        _rows = rows;
        _notes = [.. rows.Select(row => row.Row.Note).Distinct()];
    }

    /// <summary>How many goals there are, and how many are met.</summary>
    internal string Summary()
    {
        Row[] goals = [.. _rows.Select(row => row.Row).Where(row => row.Goal is not null)];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Goals: {goals.Length}; {goals.Count(row => row.IsMet == true)} met, {goals.Count(row => row.IsMet == false)} NOT met, {goals.Count(row => row.IsMet is null)} not measured.");
    }

    internal void Print(string title)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthOfFiles;
        }

        var table = new Table().Title(Markup.Escape(title)).Border(TableBorder.Simple);
        foreach (string heading in Row.Headings)
        {
            var column = new TableColumn(Markup.Escape(heading));
            table.AddColumn(heading is "what" or "peer" ? column : column.RightAligned().NoWrap());
        }

        foreach ((_, Row row) in _rows)
        {
            string[] cells = [.. row.Cells().Select(Markup.Escape)];
            cells[0] += $" [grey]({NoteNumber(row)})[/]";
            cells[^1] = row.IsMet switch
            {
                true => $"[green]{cells[^1]}[/]",
                false => $"[red]{cells[^1]}[/]",
                _ => cells[^1],
            };
            table.AddRow(cells);
        }

        AnsiConsole.Write(table);
        for (int i = 0; i < _notes.Length; i++)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]({i + 1})[/] {_notes[i]}");
        }

        AnsiConsole.WriteLine(Summary());
    }

    /// <summary>A section for each issue: its goals, and then what is there to inform. The notes follow at the end.</summary>
    internal string ToMarkdown()
    {
        var text = new StringBuilder();
        foreach (IGrouping<int, (int Issue, Row Row)> section in _rows.GroupBy(row => row.Issue).OrderBy(section => section.Key))
        {
            text.Append(CultureInfo.InvariantCulture, $"### {Group.TitleOf(section.Key)} (issue {section.Key})\n\n");
            Append(text, [.. section.Select(row => row.Row).Where(row => row.Goal is not null)], "");
            Append(text, [.. section.Select(row => row.Row).Where(row => row.Goal is null)], "For information:\n\n");
        }

        text.Append("### What the figures do not measure\n\n");
        for (int i = 0; i < _notes.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{i + 1}. {_notes[i]}\n");
        }

        return text.ToString();
    }

    private void Append(StringBuilder text, IReadOnlyList<Row> rows, string before)
    {
        if (rows.Count == 0)
        {
            return;
        }

        text.Append(before).Append("| ").AppendJoin(" | ", Row.Headings).Append(" | not measured |\n|---|---:|---:|---|---:|---:|---|---|\n");
        foreach (Row row in rows)
        {
            text.Append("| ").AppendJoin(" | ", row.Cells()).Append(CultureInfo.InvariantCulture, $" | ({NoteNumber(row)}) |\n");
        }

        text.Append('\n');
    }

    private int NoteNumber(Row row) => Array.IndexOf(_notes, row.Note) + 1;
}
