using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>
/// One text for each JSON value, however it was written: no white space, no needless escapes, the properties of objects in ordinal order, numbers without
/// needless digits (<c>1.0</c> and <c>1e0</c> are <c>1</c>). Equal texts mean equal values.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>Doubles are exact integers up to here.</summary>
    private const double MostExactInteger = 1L << 53;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <exception cref="LocalRpcException">A string in it is no text: half a surrogate pair.</exception>
    internal static string Of(JsonElement value)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(value);
        if (value.ValueKind == JsonValueKind.String && raw.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0 && !raw.Contains((byte)'\\'))
        {
            return Encoding.ASCII.GetString(raw);
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            return Number(raw);
        }

        var buffer = new ArrayBufferWriter<byte>(raw.Length + 16);
        try
        {
            using var writer = new Utf8JsonWriter(buffer, Writing);
            Write(value, writer);
        }
        catch (InvalidOperationException e)
        {
            throw ObjectArguments.Wrong(e.Message);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Whether two JSON texts are the same value.</summary>
    internal static bool AreEqual(ReadOnlySpan<byte> stored, JsonElement value)
    {
        if (stored.SequenceEqual(JsonMarshal.GetRawUtf8Value(value)))
        {
            return true;
        }

        var reader = new Utf8JsonReader(stored);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return Of(document.RootElement) == Of(value);
    }

    private static void Write(JsonElement value, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty property in value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    Write(property.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(value.GetString());
                break;
            case JsonValueKind.Number:
                writer.WriteRawValue(Number(JsonMarshal.GetRawUtf8Value(value)), skipInputValidation: true);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static string Number(ReadOnlySpan<byte> raw)
    {
        string text = Encoding.ASCII.GetString(raw);
        if (text.AsSpan().ContainsAny('e', 'E'))
        {
            double number = double.Parse(text, CultureInfo.InvariantCulture);
            text = Math.Abs(number) < MostExactInteger && number == Math.Truncate(number)
                ? ((long)number).ToString(CultureInfo.InvariantCulture)
                : number.ToString("R", CultureInfo.InvariantCulture);
        }

        if (text.Contains('.', StringComparison.Ordinal) && !text.Contains('E', StringComparison.Ordinal))
        {
            text = text.TrimEnd('0').TrimEnd('.');
        }

        return text == "-0" ? "0" : text;
    }
}
