namespace Multiprocessing;

/// <summary>The method by which a client ends a server that has no owner.</summary>
internal static class ShutdownMethod
{
    internal const string Name = "shutdown";

    /// <summary>Adds it to those of a connection.</summary>
    internal static IReadOnlyDictionary<string, RpcMethod> AddTo(IReadOnlyDictionary<string, RpcMethod> methods, StandaloneServer? server, Action throwIfNotTrusted) =>
        new Dictionary<string, RpcMethod>(methods, StringComparer.Ordinal)
        {
            [Name] = (_, result) =>
            {
                throwIfNotTrusted();
                if (server is not { AllowShutdown: true })
                {
                    throw new LocalRpcException(
                        JsonRpcErrorCode.NotAllowed, server is null ? "A manager ends with its owner." : "This server does not let its clients end it.");
                }

                server.Stop();
                result.WriteNullValue();
            },
        };
}
