namespace Multiprocessing;

/// <summary>Thrown by a served method to answer with an error of this code.</summary>
internal sealed class LocalRpcException(JsonRpcErrorCode code, string message) : Exception(message)
{
    internal JsonRpcErrorCode Code { get; } = code;
}
