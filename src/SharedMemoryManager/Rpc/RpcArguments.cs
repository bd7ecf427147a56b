using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <summary>The parameters of a request, which JSON-RPC lets a caller send by position (an array) or by name (an object).</summary>
internal readonly struct RpcArguments(JsonElement parameters)
{
    /// <summary>The parameter at <paramref name="position"/>, or called <paramref name="name"/>.</summary>
    /// <exception cref="LocalRpcException">It is missing, or of another type.</exception>
    internal T Get<T>(int position, string name, JsonTypeInfo<T> type) =>
        TryGet(position, name, type, out T? value)
            ? value
            : throw new LocalRpcException(JsonRpcErrorCode.InvalidParams, $"The parameter '{name}' is missing.");

    /// <summary>The same for one that may be missing, or null.</summary>
    [return: NotNullIfNotNull(nameof(missing))]
    internal T? GetOptional<T>(int position, string name, JsonTypeInfo<T> type, T? missing) =>
        TryGet(position, name, type, out T? value) ? value : missing;

    /// <summary>The parameter as it came; false if it is missing.</summary>
    internal bool TryFind(int position, string name, out JsonElement found)
    {
        found = default;
        if (parameters.ValueKind == JsonValueKind.Array && position < parameters.GetArrayLength())
        {
            found = parameters[position];
        }
        else if (parameters.ValueKind == JsonValueKind.Object)
        {
            parameters.TryGetProperty(name, out found);
        }

        return found.ValueKind != JsonValueKind.Undefined;
    }

    /// <summary>A parameter that is a string; null if it is missing or null.</summary>
    internal string? Text(int position, string name)
    {
        TryFind(position, name, out JsonElement found);
        return found.ValueKind is JsonValueKind.String or JsonValueKind.Null or JsonValueKind.Undefined
            ? found.ValueKind == JsonValueKind.String ? found.GetString() : null
            : throw new LocalRpcException(JsonRpcErrorCode.InvalidParams, $"The parameter '{name}' is no string.");
    }

    private bool TryGet<T>(int position, string name, JsonTypeInfo<T> type, [MaybeNullWhen(false)] out T value)
    {
        TryFind(position, name, out JsonElement found);
        value = default;
        if (found.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
        {
            return false;
        }

        try
        {
            value = found.Deserialize(type);
            return value is not null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new LocalRpcException(JsonRpcErrorCode.InvalidParams, $"The parameter '{name}' cannot be read: {e.Message}");
        }
    }
}
