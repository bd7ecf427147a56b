using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>Turns a message of ours into MessagePack that means the same.</summary>
/// <remarks>A number with neither point nor exponent becomes an integer, if 64 bits hold it; any other a float of 8 bytes.</remarks>
internal static class JsonToMessagePack
{
    internal static void Write(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(json);
        using JsonDocument message = JsonDocument.ParseValue(ref reader);
        Write(message.RootElement, new MessagePackWriter(output));
    }

    /// <summary>Recursive, as it goes no deeper than the parser has let it.</summary>
    private static void Write(JsonElement value, MessagePackWriter output)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                output.WriteMap(value.GetPropertyCount());
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    output.WriteString(Encoding.UTF8.GetBytes(property.Name));
                    Write(property.Value, output);
                }

                break;
            case JsonValueKind.Array:
                output.WriteArray(value.GetArrayLength());
                foreach (JsonElement item in value.EnumerateArray())
                {
                    Write(item, output);
                }

                break;
            case JsonValueKind.String:
                output.WriteString(Encoding.UTF8.GetBytes(value.GetString()!));
                break;
            case JsonValueKind.Number when value.TryGetInt64(out long integer):
                output.WriteInteger(integer);
                break;
            case JsonValueKind.Number when value.TryGetUInt64(out ulong unsigned):
                output.WriteUnsigned(unsigned);
                break;
            case JsonValueKind.Number:
                output.WriteFloat(value.GetDouble());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                output.WriteBoolean(value.GetBoolean());
                break;
            default:
                output.WriteNil();
                break;
        }
    }
}
