using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <summary>How values of one type travel, and the forms that answers have.</summary>
internal sealed class ManagedValue<T>(JsonTypeInfo<T> type)
{
    [RequiresUnreferencedCode(ManagedValue.Unreferenced)]
    [RequiresDynamicCode(ManagedValue.Unreferenced)]
    internal static ManagedValue<T> Of(JsonSerializerOptions? options)
    {
        options ??= JsonSerializerOptions.Default;
        options.MakeReadOnly(populateMissingResolver: true);
        return new((JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
    }

    internal void Write(Utf8JsonWriter writer, T value) => JsonSerializer.Serialize(writer, value, type);

    /// <summary>The value on whose first token the reader stands.</summary>
    internal T Read(ref Utf8JsonReader answer) => JsonSerializer.Deserialize(ref answer, type)!;

    /// <summary>An array of values.</summary>
    internal T[] ReadAll(ref Utf8JsonReader answer)
    {
        var values = new List<T>();
        while (answer.Read() && answer.TokenType != JsonTokenType.EndArray)
        {
            values.Add(Read(ref answer));
        }

        return [.. values];
    }

    /// <summary>None or one value, as an array.</summary>
    internal (bool Found, T? Value) ReadOptional(ref Utf8JsonReader answer)
    {
        answer.Read();
        return answer.TokenType == JsonTokenType.EndArray ? (false, default) : (true, Read(ref answer));
    }

    /// <summary>None or one value, as an array, and as it was written: to be compared with.</summary>
    internal (byte[]? Raw, T? Value) ReadOptionalRaw(ref Utf8JsonReader answer)
    {
        answer.Read();
        return answer.TokenType == JsonTokenType.EndArray ? (null, default) : ReadRaw(ref answer);
    }

    /// <summary>A value, and how it was written.</summary>
    internal (byte[] Raw, T Value) ReadRaw(ref Utf8JsonReader answer)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref answer);
        byte[] raw = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray();
        return (raw, JsonSerializer.Deserialize(raw, type)!);
    }

    /// <summary>Whether a comparison held, and if not, what there is instead.</summary>
    internal (bool Held, byte[]? Raw, T? Value) ReadComparison(ref Utf8JsonReader answer)
    {
        answer.Read();
        bool held = answer.GetBoolean();
        (byte[]? raw, T? value) = held ? (null, default) : ReadOptionalRaw(ref answer);
        return (held, raw, value);
    }
}

/// <summary>What is said of all of them.</summary>
internal static class ManagedValue
{
    internal const string Unreferenced = "Types are looked at as the program runs. Use the overload that takes a JsonTypeInfo in trimmed and native applications.";
}
