namespace Multiprocessing.Shm;

/// <summary>Writes rows of one kind in the format that was asked for.</summary>
internal static class RowsOutput
{
    /// <param name="format">Which.</param>
    /// <param name="columns">What a row has for programs.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="writeForPeople">Writes them as text.</param>
    internal static void Write<TRow>(OutputFormat format, IReadOnlyList<Column<TRow>> columns, IReadOnlyList<TRow> rows, Action<IReadOnlyList<TRow>> writeForPeople)
    {
        switch (format)
        {
            case OutputFormat.Json:
                JsonOutput.Write(json => JsonOutput.WriteRows(json, columns, rows));
                break;
            case OutputFormat.Csv:
                CsvOutput.Write(columns, rows);
                break;
            default:
                writeForPeople(rows);
                break;
        }
    }
}
