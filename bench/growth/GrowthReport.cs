using System.Text;

namespace Multiprocessing.Bench;

/// <summary>What a run has to say, and the part of a page that it becomes.</summary>
internal sealed record GrowthReport(string Title, IReadOnlyList<Growth> Growths, IReadOnlyList<Row> Goals)
{
    private const string PartName = "bench/growth";
    private const int IssueOfGoals = 3;

    private GoalTable Table => new([.. Goals.Select(goal => (IssueOfGoals, goal))]);

    internal void Print()
    {
        Console.WriteLine(Title);
        foreach (Growth growth in Growths)
        {
            Console.WriteLine($"\n{growth.Heading}\n\n{Values(growth)}");
        }

        Table.Print("Goals");
    }

    internal void Write(string page)
    {
        var text = new StringBuilder();
        text.Append("## How costs grow\n\n").Append(Title).Append("\n\n");
        foreach (Growth growth in Growths)
        {
            text.Append(null, $"### {growth.Heading}\n\n").Append(ChartFiles.Write(page, [(growth.Name, growth.Sentence, growth.Chart.ToSvg())])).Append(Values(growth)).Append('\n');
        }

        text.Append(Table.Summary()).Append("\n\n").Append(Table.ToMarkdown());
        GeneratedPart.Write(page, PartName, text.ToString());
    }

    private static string Values(Growth growth)
    {
        var text = new StringBuilder(growth.Chart.ToMarkdown());
        foreach (string note in growth.Notes)
        {
            text.Append('\n').Append(note).Append('\n');
        }

        return text.ToString();
    }
}
