using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <summary>The parameters of a request, which JSON-RPC lets a caller send by position (an array) or by name (an object).</summary>
internal readonly struct RpcArguments(JsonElement parameters)
{
    /// <summary>The parameter at <paramref name="position"/>, or called <paramref name="name"/>.</summary>
    /// <exception cref="LocalRpcException">It is missing, or of another type.</exception>
    internal T Get<T>(int position, string name, JsonTypeInfo<T> type)
    {
        JsonElement value = default;
        bool found = parameters.ValueKind switch
        {
            JsonValueKind.Array when position < parameters.GetArrayLength() => (value = parameters[position]).ValueKind != JsonValueKind.Null,
            JsonValueKind.Object => parameters.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null,
            _ => false,
        };
        if (!found)
        {
            throw new LocalRpcException(JsonRpcErrorCode.InvalidParams, $"The parameter '{name}' is missing.");
        }

        try
        {
            return value.Deserialize(type)!;
        }
        catch (JsonException e)
        {
            throw new LocalRpcException(JsonRpcErrorCode.InvalidParams, $"The parameter '{name}' cannot be read: {e.Message}");
        }
    }
}
