using System.Globalization;
using System.Text;

namespace Multiprocessing.Shm;

/// <summary>Writes what a command left, as <c>shm run --report</c> says it.</summary>
internal static class LeakReportWriter
{
    /// <summary>Writes the whole report: a table, one line of JSON, or CSV of what was left and in it no strays, which are not known to be the command's.</summary>
    internal static void Write(LeakReport report, OutputFormat format, TextWriter output)
    {
        switch (format)
        {
            case OutputFormat.Json:
                WriteJson(report, output);
                break;
            case OutputFormat.Csv:
                output.Write(CsvOutput.ToText(LeftBlock.Columns, report.Left));
                break;
            default:
                output.Write(ToText(report));
                break;
        }

        output.Flush();
    }

    private static void WriteJson(LeakReport report, TextWriter output) => JsonLine.Write(output, json =>
    {
        json.WritePropertyName("left");
        JsonOutput.WriteRows(json, LeftBlock.Columns, report.Left);
        json.WritePropertyName("strays");
        JsonOutput.WriteRows(json, StrayName.Columns, report.Strays);
        json.WriteNumber("removed", report.Removed);
        json.WritePropertyName("notRemoved");
        JsonOutput.WriteValue(json, report.NotRemoved);
    });

    private static string ToText(LeakReport report)
    {
        var text = new StringBuilder();
        if (report.Left.Count == 0)
        {
            text.Append("shm run: nothing was left.\n");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"shm run: left, and removed now: {report.Left.Count}, {Texts.Bytes(report.Left.Sum(static left => left.Size))}\n");
            var table = new TextTable("NAME", "KIND", ">SIZE", ">MAKER", "WHICH IS");
            foreach (LeftBlock left in report.Left)
            {
                string maker = left.Maker == 0 ? "-" : left.Maker.ToString(CultureInfo.InvariantCulture);
                table.Add(Colour.None, Texts.Printable(left.Name), left.Kind, Texts.Bytes(left.Size), maker, Texts.Printable(left.MakerIs));
            }

            table.WriteTo(text);
        }

        foreach (StrayName stray in report.Strays)
        {
            string users = stray.UsedBy.Count > 0 ? $"process {string.Join(", ", stray.UsedBy)} of the command has it mapped" : "perhaps the command's; nobody has it mapped";
            text.Append(CultureInfo.InvariantCulture, $"shm run: warning: made beside the manager, and not removed: {Texts.Printable(stray.Name)} ({Texts.Bytes(stray.Size)}; {users})\n");
        }

        return text.ToString();
    }
}
