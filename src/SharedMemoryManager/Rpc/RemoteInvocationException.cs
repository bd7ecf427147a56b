namespace Multiprocessing;

/// <summary>The other side answered with an error. Tell errors apart by their <see cref="Code"/>, never by their text.</summary>
internal sealed class RemoteInvocationException(JsonRpcErrorCode code, string message) : Exception(message)
{
    internal JsonRpcErrorCode Code { get; } = code;
}
