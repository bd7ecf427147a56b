using System.Text.Json;
using System.Text.Unicode;

namespace Multiprocessing;

/// <summary>Turns a message of MessagePack into JSON that means the same.</summary>
/// <remarks>
/// What JSON has no form for travels as System.Text.Json writes it: binary as Base64, and the floats that are no numbers as <c>"NaN"</c>, <c>"Infinity"</c> and
/// <c>"-Infinity"</c>. A float keeps its point, so that it does not become an integer: <c>5.0</c>.
/// </remarks>
internal static class MessagePackToJson
{
    /// <summary>How deep arrays and maps may lie in one another: as deep as in JSON that is parsed here.</summary>
    internal const int MostDepth = 64;

    /// <exception cref="InvalidDataException">It is no MessagePack, or more than one value, or has no JSON: extensions, keys that are no strings, strings that
    /// are no UTF-8; or it lies too deep, or its JSON is longer than <paramref name="longest"/> bytes.</exception>
    internal static void Write(ReadOnlySpan<byte> message, Utf8JsonWriter json, int longest)
    {
        // By hand, and not by recursion: how deep it goes is up to a stranger. What is open: an array, or a map, and what is still to come in it.
        Span<uint> toCome = stackalloc uint[MostDepth];
        Span<bool> isMap = stackalloc bool[MostDepth];
        int depth = 0;
        var reader = new MessagePackReader(message);
        do
        {
            if (depth > 0)
            {
                toCome[depth - 1]--;
                if (isMap[depth - 1])
                {
                    WriteKey(ref reader, json);
                }
            }

            reader.Read();
            if (reader.Type is MessagePackType.Array or MessagePackType.Map)
            {
                if (depth == MostDepth)
                {
                    throw new InvalidDataException($"The message is more than {MostDepth} levels deep.");
                }

                isMap[depth] = reader.Type == MessagePackType.Map;
                toCome[depth] = reader.Count;
                WriteStart(json, isMap[depth]);
                depth++;
            }
            else
            {
                WriteScalar(ref reader, json);
            }

            while (depth > 0 && toCome[depth - 1] == 0)
            {
                WriteEnd(json, isMap[--depth]);
            }

            if (json.BytesCommitted + json.BytesPending > longest)
            {
                throw new InvalidDataException($"The message is longer than {longest} bytes of JSON.");
            }
        }
        while (depth > 0);

        if (!reader.IsAtEnd)
        {
            throw new InvalidDataException("Something comes after the message in its frame.");
        }
    }

    private static void WriteStart(Utf8JsonWriter json, bool isMap)
    {
        if (isMap)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartArray();
        }
    }

    private static void WriteEnd(Utf8JsonWriter json, bool isMap)
    {
        if (isMap)
        {
            json.WriteEndObject();
        }
        else
        {
            json.WriteEndArray();
        }
    }

    private static void WriteKey(ref MessagePackReader reader, Utf8JsonWriter json)
    {
        reader.Read();
        if (reader.Type != MessagePackType.String)
        {
            throw new InvalidDataException("A map of the message has a key that is no string.");
        }

        json.WritePropertyName(Text(reader.Bytes));
    }

    private static void WriteScalar(ref MessagePackReader reader, Utf8JsonWriter json)
    {
        switch (reader.Type)
        {
            case MessagePackType.Nil:
                json.WriteNullValue();
                break;
            case MessagePackType.Boolean:
                json.WriteBooleanValue(reader.Boolean);
                break;
            case MessagePackType.Integer:
                json.WriteNumberValue(reader.Integer);
                break;
            case MessagePackType.Unsigned:
                json.WriteNumberValue(reader.Unsigned);
                break;
            case MessagePackType.Float:
                WriteFloat(reader.Float, json);
                break;
            case MessagePackType.Binary:
                json.WriteBase64StringValue(reader.Bytes);
                break;
            default:
                json.WriteStringValue(Text(reader.Bytes));
                break;
        }
    }

    private static void WriteFloat(double value, Utf8JsonWriter json)
    {
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out int length, "R", System.Globalization.CultureInfo.InvariantCulture);
        if (!double.IsFinite(value))
        {
            json.WriteStringValue(text[..length]);
            return;
        }

        if (text[..length].IndexOfAny((byte)'.', (byte)'E') < 0)
        {
            ".0"u8.CopyTo(text[length..]);
            length += 2;
        }

        json.WriteRawValue(text[..length], skipInputValidation: true);
    }

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> bytes) =>
        Utf8.IsValid(bytes) ? bytes : throw new InvalidDataException("A string of the message is no UTF-8.");
}
