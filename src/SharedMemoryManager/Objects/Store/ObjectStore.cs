using System.Buffers;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>
/// The objects that the server of a manager holds: who refers to them, and the changes that are made to them. One operation at a time, each of which
/// happens whole or not at all, and once, also when a server dies over it.
/// </summary>
/// <remarks>
/// <para>A change: 1 the arguments are looked at → 2 room in the journal, which may fail and change nothing → 3 the change, in memory → 4 the record, with
/// the client and the number of his call → 5 the answer. A death before 4 leaves nothing, as memory goes with the process. After it the next server holds the
/// change, and the client, who asks again under the same number, gets the answer of the first time.</para>
/// <para>An object goes with the last reference to it. The references of a client go with his connection. Those of one who was connected to a server
/// that died are kept until he is back, or his lease says that he is dead.</para>
/// </remarks>
internal sealed partial class ObjectStore : IDisposable
{
    private readonly string _id;
    private readonly ObjectJournal? _journal;
    private readonly ObjectBudget _budget = new();
    private readonly Dictionary<string, ServedObject> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ObjectClient> _clients = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _answer = new();
    private readonly Lock _lock = new();
    private long _made;
    private bool _closed;

    /// <param name="id">The manager's.</param>
    /// <param name="blocks">Where the journal is listed; null for a server that nobody follows.</param>
    internal ObjectStore(string id, BlockTable? blocks)
    {
        _id = id;
        _journal = blocks is null ? null : new ObjectJournal(ManagerNames.Prefix(id), blocks);
    }

    /// <summary>Takes part as that client, who is back if the server before this one knew him.</summary>
    internal ObjectClient Join(ObjectSession session, string id)
    {
        lock (_lock)
        {
            ObjectClient client = ClientOf(id);
            client.Session = session;
            return client;
        }
    }

    /// <summary>The end of a connection: gives back what the client referred to, unless he has another by now.</summary>
    internal void Leave(ObjectSession session, ObjectClient client)
    {
        lock (_lock)
        {
            if (client.Session == session && !_closed)
            {
                Leave(client);
            }
        }
    }

    /// <summary>Runs one call and writes its answer, one JSON value.</summary>
    /// <param name="client">Who calls.</param>
    /// <param name="target">The object; empty for an operation of the store's own.</param>
    /// <param name="operation">What to do.</param>
    /// <param name="number">The number of a change: higher than that of the client's last one, or the same if he asks again. Null if he never does.</param>
    /// <param name="arguments">The operation's.</param>
    /// <param name="result">Gets the answer.</param>
    /// <exception cref="LocalRpcException">It cannot be run, and nothing is changed.</exception>
    internal void Call(ObjectClient client, string target, string operation, long? number, ObjectArguments arguments, Utf8JsonWriter result)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!IsChange(operation))
            {
                Run(client, target, operation, arguments, result);
                return;
            }

            if (number is long asked && asked <= client.LastNumber)
            {
                result.WriteRawValue(AnswerOf(client, asked), skipInputValidation: true);
                return;
            }

            Reserve(RecordBound(client, target, operation, arguments));
            if (RunToAnswer(client, target, operation, arguments))
            {
                Remember(client, number);
                _journal?.Append(ChangeRecord(client, target, operation, number, arguments));
            }

            result.WriteRawValue(_answer.WrittenSpan, skipInputValidation: true);
        }
    }

    /// <summary>No change any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _journal?.Dispose();
        }
    }

    private static bool IsChange(string operation) =>
        operation is not ("get" or "containsKey" or "count" or "keys" or "values" or "items" or "range" or "indexOf" or "objects");

    private static byte[] AnswerOf(ObjectClient client, long number) =>
        number == client.LastNumber
            ? client.LastResult
            : throw new LocalRpcException(JsonRpcErrorCode.NumberPassed, $"Call {number} came after call {client.LastNumber} was answered: it was not made, or not now.");

    private ObjectClient ClientOf(string id)
    {
        if (!_clients.TryGetValue(id, out ObjectClient? client))
        {
            _clients.Add(id, client = new ObjectClient(id));
        }

        return client;
    }

    private void Remember(ObjectClient client, long? number)
    {
        if (number is long known)
        {
            client.LastNumber = known;
            client.LastResult = _answer.WrittenSpan.ToArray();
        }
    }

    private bool RunToAnswer(ObjectClient client, string target, string operation, ObjectArguments arguments)
    {
        _answer.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_answer, new JsonWriterOptions { SkipValidation = true });
        return Run(client, target, operation, arguments, writer);
    }

    private bool Run(ObjectClient client, string target, string operation, ObjectArguments arguments, Utf8JsonWriter result)
    {
        switch (operation)
        {
            case "create" when target.Length == 0:
                result.WriteStringValue(Create(client, arguments.Text(0), arguments.Count > 1 && arguments.Boolean(1)));
                return true;
            case "objects" when target.Length == 0:
                Describe(result);
                return false;
            case "attach":
                ServedObject found = Find(target);
                if (arguments.Count > 0 && arguments.Text(0) != found.Kind)
                {
                    throw new LocalRpcException(JsonRpcErrorCode.WrongKind, $"{target} is not a {arguments.Text(0)} but a {found.Kind}.");
                }

                Refer(client, found);
                result.WriteStringValue(found.Kind);
                return true;
            case "release":
                bool referred = Release(client, target, 1);
                result.WriteBooleanValue(referred);
                return referred;
            default:
                return Find(target).Run(operation, arguments, result);
        }
    }

    private ServedObject Find(string name) =>
        _objects.TryGetValue(name, out ServedObject? found)
            ? found
            : throw new LocalRpcException(
                JsonRpcErrorCode.ObjectNotFound, $"There is no object '{name}' in this manager: nobody refers to it any more, or it never was there.");

    private string Create(ObjectClient client, string kind, bool isKept)
    {
        if (_objects.Count >= ObjectLimits.MostObjects)
        {
            throw new LocalRpcException(JsonRpcErrorCode.ObjectLimit, $"The manager has {_objects.Count} objects, which is as many as it may have.");
        }

        ServedObject made = New($"{kind}_{_id}_{_made + 1:x}", kind, isKept);
        _made++;
        _objects.Add(made.Name, made);
        Refer(client, made);
        return made.Name;
    }

    private ServedObject New(string name, string kind, bool isKept) => kind switch
    {
        ObjectKinds.Dictionary or ObjectKinds.Namespace => new ServedDictionary(name, kind, isKept, _budget),
        ObjectKinds.List => new ServedList(name, kind, isKept, _budget),
        _ => throw new LocalRpcException(JsonRpcErrorCode.WrongKind, $"There are no objects of kind '{kind}'."),
    };

    private static void Refer(ObjectClient client, ServedObject target)
    {
        client.References[target.Name] = client.References.GetValueOrDefault(target.Name) + 1;
        target.References++;
    }

    /// <summary>Gives back so many references of the client's; false if he has none.</summary>
    private bool Release(ObjectClient client, string name, int count)
    {
        if (!client.References.TryGetValue(name, out int held))
        {
            return false;
        }

        if (held > count)
        {
            client.References[name] = held - count;
        }
        else
        {
            client.References.Remove(name);
        }

        ServedObject released = _objects[name];
        released.References -= count;
        if (released.References == 0 && !released.IsKept)
        {
            released.Drop();
            _objects.Remove(name);
        }

        return true;
    }

    private void Leave(ObjectClient client)
    {
        bool isKnown = client.References.Count > 0 || client.LastNumber > 0;
        Forget(client);
        if (isKnown)
        {
            try
            {
                byte[] record = LeaveRecord(client);
                Reserve(record.Length);
                _journal?.Append(record);
            }
            catch (LocalRpcException)
            {
                // The next server will ask for his lease instead.
            }
        }
    }

    private void Forget(ObjectClient client)
    {
        _clients.Remove(client.Id);
        foreach ((string name, int count) in client.References.ToArray())
        {
            Release(client, name, count);
        }
    }

    private void Describe(Utf8JsonWriter result)
    {
        result.WriteStartArray();
        foreach (ServedObject each in _objects.Values.OrderBy(each => each.Name, StringComparer.Ordinal))
        {
            result.WriteStartObject();
            result.WriteString("name"u8, each.Name);
            result.WriteString("kind"u8, each.Kind);
            result.WriteNumber("count"u8, each.Count);
            result.WriteNumber("bytes"u8, each.Bytes);
            result.WriteNumber("references"u8, each.References);
            result.WriteBoolean("isKept"u8, each.IsKept);
            result.WriteEndObject();
        }

        result.WriteEndArray();
    }
}
