using System.Globalization;
using System.Text;

namespace Multiprocessing.Shm;

/// <summary>Fields for people: a line each, those within others further in, bytes as a dump.</summary>
internal static class FieldsTable
{
    private const int Step = 2;

    internal static void Write(Fields fields)
    {
        var text = new StringBuilder();
        Append(text, fields, 0);
        Screen.Write(text.ToString());
    }

    private static void Append(StringBuilder text, Fields fields, int depth)
    {
        int width = fields.Select(static field => field.Name.Length).DefaultIfEmpty().Max();
        foreach (Field field in fields)
        {
            string label = field.Name.PadRight(width);
            Colour colour = field.Name == StructureDecoder.Problem ? Colour.Red : Colour.None;
            switch (field.Value)
            {
                case Fields inner when inner.Any():
                    AppendLine(text, depth, field.Name + ":", Colour.Bold);
                    Append(text, inner, depth + Step);
                    break;
                case byte[] bytes when field.Text is null && bytes.Length > 16:
                    AppendLine(text, depth, field.Name + ":", Colour.Bold);
                    foreach (string line in HexDump.Lines(bytes, 0))
                    {
                        AppendLine(text, depth + Step, line, Colour.None);
                    }

                    break;
                case System.Collections.IEnumerable list and not string and not byte[] when field.Text is null && IsOfMany(list):
                    AppendLine(text, depth, field.Name + ":", Colour.Bold);
                    foreach (object? item in list)
                    {
                        AppendLine(text, depth + Step, item is Fields one ? InLine(one) : ToText(item), Colour.None);
                    }

                    break;
                default:
                    AppendLine(text, depth, $"{label}  {field.Text ?? ToText(field.Value)}", colour);
                    break;
            }
        }
    }

    private static bool IsOfMany(System.Collections.IEnumerable list) => list.Cast<object?>().Any(static item => item is Fields or ProcessSight or string);

    private static string InLine(Fields fields) => string.Join(", ", fields.Where(static field => field.Value is not (null or "")).Select(static field => $"{field.Name} {ToText(field.Value)}"));

    private static string ToText(object? value) => value switch
    {
        null => "-",
        string text => Texts.Printable(text),
        bool flag => flag ? "yes" : "no",
        DateTimeOffset time => $"{Texts.Iso(time)} ({Texts.Age(time)} ago)",
        byte[] bytes => Convert.ToHexStringLower(bytes),
        ProcessSight process => string.Create(CultureInfo.InvariantCulture, $"{process.Id} {Texts.Printable(process.Command)}"),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        Fields fields => InLine(fields),
        System.Collections.IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(ToText))}]",
        _ => value.ToString() ?? "",
    };

    private static void AppendLine(StringBuilder text, int depth, string line, Colour colour) =>
        text.Append(' ', depth).Append(Screen.Paint(line.TrimEnd(), colour)).Append('\n');
}
