using System.Text.Json;

namespace Multiprocessing;

/// <summary>One connection's part in the objects.</summary>
/// <param name="store">What holds them.</param>
/// <param name="isOwner">Whether it is the owner's connection.</param>
/// <param name="throwIfNotTrusted">Throws for who has not said hello.</param>
internal sealed class ObjectSession(ObjectStore store, bool isOwner, Action throwIfNotTrusted) : IDisposable
{
    private const int LeasePatience = 20;
    private const int NamelessBytes = 8;
    private const int MostIdLetters = 64;
    private static readonly TimeSpan LeaseLook = TimeSpan.FromMilliseconds(25);

    private ObjectClient? _client;

    /// <summary>The methods of this connection beside those of the manager.</summary>
    internal IReadOnlyDictionary<string, RpcMethod> AddTo(IReadOnlyDictionary<string, RpcMethod> methods) =>
        new Dictionary<string, RpcMethod>(methods, StringComparer.Ordinal)
        {
            ["joinObjects"] = Join,
            ["callObject"] = Call,
        };

    /// <summary>The end of the connection.</summary>
    public void Dispose()
    {
        if (_client is not ObjectClient client)
        {
            return;
        }

        store.Leave(this, client);

        // A process that was killed leaves its lease; its lock comes free some time after its connection has ended.
        for (int look = 0; look < LeasePatience && client.Lease is ulong lease; look++)
        {
            using LeaseFile? won = ProcessLease.TryWin(lease);
            won?.Remove();
            if (won is not null || !ProcessLease.Exists(lease))
            {
                return;
            }

            Thread.Sleep(LeaseLook);
        }
    }

    private void Join(RpcArguments arguments, Utf8JsonWriter result)
    {
        throwIfNotTrusted();
        if (_client is not null)
        {
            throw new LocalRpcException(JsonRpcErrorCode.InvalidRequest, "This connection has joined already.");
        }

        string id = arguments.Get(0, "client", ManagerJson.Default.String);
        if (id.Length > MostIdLetters)
        {
            throw new LocalRpcException(JsonRpcErrorCode.InvalidParams, $"The parameter 'client' has more than {MostIdLetters} letters.");
        }

        if (isOwner || id == ObjectClient.Owner)
        {
            throw new LocalRpcException(JsonRpcErrorCode.Unauthorized, "The owner is known by its pipe, and by nothing else.");
        }

        _client = store.Join(this, id);
        result.WriteNullValue();
    }

    private void Call(RpcArguments arguments, Utf8JsonWriter result)
    {
        throwIfNotTrusted();

        // Who has not said who he is cannot come back after a server's death.
        _client ??= store.Join(this, isOwner ? ObjectClient.Owner : $"nameless {BlockName.RandomHex(NamelessBytes)}");
        string target = arguments.Text(0, "object") ?? "";
        string operation = arguments.Text(1, "operation") ?? throw new LocalRpcException(JsonRpcErrorCode.InvalidParams, "The parameter 'operation' is missing.");
        arguments.TryFind(2, "number", out JsonElement numbered);
        long? number = numbered.ValueKind == JsonValueKind.Number && numbered.TryGetInt64(out long given) && given > 0 ? given : null;
        if (number is null && numbered.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            throw new LocalRpcException(JsonRpcErrorCode.InvalidParams, "The parameter 'number' is no positive integer.");
        }

        arguments.TryFind(3, "arguments", out JsonElement rest);
        store.Call(_client, target, operation, number, new ObjectArguments(rest), result);
    }
}
