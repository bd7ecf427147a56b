using System.Text.Json;

namespace Multiprocessing;

/// <summary>A request as it came, or a notification, which has no id and gets no answer. A null id is an id like another.</summary>
internal readonly record struct RpcRequest(string Method, JsonElement Parameters, JsonElement Id)
{
    internal bool WantsAnswer => Id.ValueKind != JsonValueKind.Undefined;

    /// <summary>Null for what is no request.</summary>
    internal static RpcRequest? TryRead(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        try
        {
            message.TryGetProperty("params", out JsonElement parameters);
            return message.TryGetProperty("method", out JsonElement method) && method.ValueKind == JsonValueKind.String
                && (!message.TryGetProperty("id", out JsonElement id) || IsId(id))
                ? new RpcRequest(method.GetString()!, parameters, id)
                : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, escaped: JSON's grammar lets it pass, and it is no text.
            return null;
        }
    }

    private static bool IsId(JsonElement id) =>
        id.ValueKind is JsonValueKind.Number or JsonValueKind.Null || (id.ValueKind == JsonValueKind.String && id.GetString() is not null);
}
