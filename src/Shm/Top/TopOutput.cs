namespace Multiprocessing.Shm;

/// <summary>A look for programs: a line of JSON, or of CSV with the totals.</summary>
internal static class TopOutput
{
    private static readonly Column<TopLook>[] Totals =
    [
        new("time", static look => look.Time),
        new("total", static look => look.Total),
        new("used", static look => look.Used),
        new("free", static look => look.Free),
        new("managers", static look => look.Picture.Managers.Count),
        new("blocks", static look => look.Picture.Blocks.Count),
        new("bytes", static look => look.Bytes),
        new("createdPerSecond", static look => look.Created),
        new("unlinkedPerSecond", static look => look.Unlinked),
    ];

    internal static void WriteJson(TopLook look, TopSort sort) => JsonLine.Write(Console.Out, json =>
    {
        foreach (Column<TopLook> column in Totals.Where(static column => column.Field is not ("managers" or "blocks")))
        {
            json.WritePropertyName(column.Field);
            JsonOutput.WriteValue(json, column.Value(look));
        }

        json.WritePropertyName("managers");
        JsonOutput.WriteRows(json, PictureOutput.ManagerColumns(look.Picture), look.Picture.Managers);
        json.WritePropertyName("blocks");
        JsonOutput.WriteRows(json, PictureOutput.BlockColumns(look.Picture), look.Sorted(sort));
    });

    internal static void WriteCsv(TopLook look, bool withHeader)
    {
        string text = CsvOutput.ToText(Totals, [look]);
        Screen.Write(withHeader ? text : text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
    }
}
