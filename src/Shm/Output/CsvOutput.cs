using System.Globalization;
using System.Text;

namespace Multiprocessing.Shm;

/// <summary>Writes CSV as RFC 4180 has it: a header line, lines that end in CR LF, quotes where they are needed. Lists are in one field, with semicolons between.</summary>
internal static class CsvOutput
{
    internal static void Write<TRow>(IReadOnlyList<Column<TRow>> columns, IEnumerable<TRow> rows) => Screen.Write(ToText(columns, rows));

    /// <summary>The same as a text.</summary>
    internal static string ToText<TRow>(IReadOnlyList<Column<TRow>> columns, IEnumerable<TRow> rows)
    {
        var text = new StringBuilder();
        AppendLine(text, columns.Select(static column => column.Field));
        foreach (TRow row in rows)
        {
            AppendLine(text, columns.Select(column => ToText(column.Value(row))));
        }

        return text.ToString();
    }

    /// <summary>Writes fields one a line, those within others by their path: <c>mutex.holder.pid</c>, <c>items[0]</c>.</summary>
    internal static void Write(Fields fields)
    {
        var text = new StringBuilder();
        AppendLine(text, ["field", "value"]);
        Append(text, "", fields);
        Screen.Write(text.ToString());
    }

    private static void Append(StringBuilder text, string path, object? value)
    {
        switch (value)
        {
            case Fields fields:
                foreach (Field field in fields)
                {
                    Append(text, path.Length == 0 ? field.Name : $"{path}.{field.Name}", field.Value);
                }

                break;
            case ProcessSight process:
                AppendLine(text, [$"{path}.pid", ToText(process.Id)]);
                AppendLine(text, [$"{path}.command", process.Command]);
                break;
            case System.Collections.IEnumerable list and not string and not byte[]:
                int index = 0;
                foreach (object? item in list)
                {
                    Append(text, string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]"), item);
                }

                break;
            default:
                AppendLine(text, [path, ToText(value)]);
                break;
        }
    }

    private static string ToText(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTimeOffset time => Texts.Iso(time),
        byte[] bytes => Convert.ToHexStringLower(bytes),
        ProcessSight process => string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.Command}").TrimEnd(),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        System.Collections.IEnumerable list => string.Join(';', list.Cast<object?>().Select(ToText)),
        _ => value.ToString() ?? "",
    };

    private static void AppendLine(StringBuilder text, IEnumerable<string> fields) =>
        text.AppendJoin(',', fields.Select(Quoted)).Append("\r\n");

    private static string Quoted(string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
