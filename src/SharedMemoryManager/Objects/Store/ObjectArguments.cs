using System.Runtime.InteropServices;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>The arguments of an operation on an object: a JSON array.</summary>
internal readonly struct ObjectArguments(JsonElement array)
{
    internal int Count => array.ValueKind == JsonValueKind.Array ? array.GetArrayLength() : 0;

    /// <summary>The whole array as it came.</summary>
    internal ReadOnlySpan<byte> Raw => array.ValueKind == JsonValueKind.Array ? JsonMarshal.GetRawUtf8Value(array) : "[]"u8;

    internal JsonElement this[int index] =>
        index < Count ? array[index] : throw Wrong($"argument {index} is missing");

    /// <summary>An error that says what does not fit.</summary>
    internal static LocalRpcException Wrong(string what) => new(JsonRpcErrorCode.InvalidParams, $"The arguments do not fit the operation: {what}.");

    /// <summary>A copy of a value, as JSON.</summary>
    internal byte[] Value(int index) => JsonMarshal.GetRawUtf8Value(this[index]).ToArray();

    /// <summary>The key at that place, in the one form that all ways to write it have in common.</summary>
    internal string Key(int index) => CanonicalJson.Of(this[index]);

    internal int Int32(int index) =>
        this[index].ValueKind == JsonValueKind.Number && this[index].TryGetInt32(out int value) ? value : throw Wrong($"argument {index} is no 32-bit integer");

    internal bool Boolean(int index) => this[index].ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong($"argument {index} is no truth value"),
    };

    internal string Text(int index) =>
        this[index].ValueKind == JsonValueKind.String ? this[index].GetString()! : throw Wrong($"argument {index} is no string");

    /// <summary>The items of an argument that is an array.</summary>
    internal JsonElement.ArrayEnumerator Items(int index) =>
        this[index].ValueKind == JsonValueKind.Array ? this[index].EnumerateArray() : throw Wrong($"argument {index} is no array");
}
