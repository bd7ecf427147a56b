using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Multiprocessing.Shm;

/// <summary>Writes JSON: numbers as numbers, times as ISO 8601 in UTC, sizes in bytes. By hand and not by reflection, which a short program waits for.</summary>
internal static class JsonOutput
{
    // Names of blocks are any text; what is not ASCII stays readable.
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one document.</summary>
    internal static void Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Options))
        {
            write(writer);
        }

        stream.WriteByte((byte)'\n');
        Screen.Write(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    /// <summary>Writes rows as a list of objects.</summary>
    internal static void WriteRows<TRow>(Utf8JsonWriter writer, IReadOnlyList<Column<TRow>> columns, IEnumerable<TRow> rows)
    {
        writer.WriteStartArray();
        foreach (TRow row in rows)
        {
            writer.WriteStartObject();
            foreach (Column<TRow> column in columns)
            {
                writer.WritePropertyName(column.Field);
                WriteValue(writer, column.Value(row));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Writes a value: a text, a number, a bool, a time, bytes as hex digits, a process, a list of those, fields, or nothing.</summary>
    internal static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case uint number:
                writer.WriteNumberValue(number);
                break;
            case ulong number:
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset time:
                writer.WriteStringValue(Texts.Iso(time));
                break;
            case byte[] bytes:
                writer.WriteStringValue(Convert.ToHexStringLower(bytes));
                break;
            case ProcessSight process:
                writer.WriteStartObject();
                writer.WriteNumber("pid", process.Id);
                writer.WriteString("command", process.Command);
                writer.WriteEndObject();
                break;
            case Fields fields:
                writer.WriteStartObject();
                foreach (Field field in fields)
                {
                    writer.WritePropertyName(field.Name);
                    WriteValue(writer, field.Value);
                }

                writer.WriteEndObject();
                break;
            case System.Collections.IEnumerable list:
                writer.WriteStartArray();
                foreach (object? item in list)
                {
                    WriteValue(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                throw new ArgumentException($"A {value.GetType()} is no value of a row.", nameof(value));
        }
    }
}
