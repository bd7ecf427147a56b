using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Multiprocessing;

/// <summary>
/// One end of a JSON-RPC 2.0 connection. A caller sends requests and notifications; a server listens and answers.
/// </summary>
/// <remarks>
/// This room stands where StreamJsonRpc would (docs/decisions.md says why it does not) and has its shape, so that it can be replaced:
/// <see cref="IManagerService"/> is the contract, <see cref="ManagerServiceProxy"/> what <c>JsonRpc.Attach</c> would make of it.
/// A call is written and its answer read on the caller's own thread, one call at a time: no thread switch stands between the two
/// processes, and a round trip costs what the socket costs.
/// </remarks>
internal sealed partial class JsonRpc(IMessageHandler handler) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _body = new(1024);
    private readonly Lock _calls = new();
    private readonly Lock _writes = new();
    private int _lastId;

    /// <summary>Told of notifications that come while something else is waited for. They are read when a call, or the end, reads them.</summary>
    internal Action<string, JsonElement>? Notified { get; init; }

    // Not made before it is needed: a program that ends before its server is up never loads it.
    private Utf8JsonWriter? _bodyWriter;

    /// <summary>Sends a request that nobody answers.</summary>
    /// <exception cref="ConnectionLostException">The other side is gone.</exception>
    internal void Notify<T>(string method, T parameters, JsonTypeInfo<T> type) =>
        Write(writer => WriteRequest(writer, null, method, parameters, type));

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <exception cref="ConnectionLostException">The other side is gone, or went before it answered.</exception>
    /// <exception cref="RemoteInvocationException">It answered with an error.</exception>
    internal TResult Invoke<T, TResult>(string method, T parameters, JsonTypeInfo<T> type, JsonTypeInfo<TResult> resultType)
    {
        lock (_calls)
        {
            int id = ++_lastId;
            Write(writer => WriteRequest(writer, id, method, parameters, type));
            while (true)
            {
                using JsonDocument message = Read();
                if (message.RootElement.TryGetProperty("id", out JsonElement answered)
                    && answered.ValueKind == JsonValueKind.Number && answered.TryGetInt32(out int number) && number == id)
                {
                    return Result(message.RootElement, resultType);
                }

                Notice(message.RootElement);
            }
        }
    }

    /// <summary>Waits for a notification that the other side sends by itself, and returns its parameters.</summary>
    /// <exception cref="ConnectionLostException">The other side is gone.</exception>
    internal JsonElement WaitForNotification(string method)
    {
        lock (_calls)
        {
            while (true)
            {
                using JsonDocument message = Read();
                if (message.RootElement.TryGetProperty("method", out JsonElement name) && name.ValueEquals(method)
                    && message.RootElement.TryGetProperty("params", out JsonElement parameters))
                {
                    return parameters.Clone();
                }

                Notice(message.RootElement);
            }
        }
    }

    /// <summary>Serves requests, in their order, until the other side ends the connection.</summary>
    /// <exception cref="ConnectionLostException">It sent what is no message, or could not be answered.</exception>
    internal void Listen(IReadOnlyDictionary<string, RpcMethod> methods)
    {
        while (true)
        {
            JsonDocument message;
            try
            {
                if (!TryRead(out ReadOnlyMemory<byte> bytes))
                {
                    return;
                }

                message = Parse(bytes);
            }
            catch (JsonException)
            {
                WriteError(default, JsonRpcErrorCode.ParseError, "The message is no JSON.");
                continue;
            }
            catch (InvalidDataException e)
            {
                WriteError(default, JsonRpcErrorCode.ParseError, e.Message);
                continue;
            }

            using (message)
            {
                Serve(message.RootElement, methods);
            }
        }
    }

    public void Dispose() => handler.Dispose();

    private void Notice(JsonElement message)
    {
        if (Notified is not null && message.TryGetProperty("method", out JsonElement method) && message.TryGetProperty("params", out JsonElement parameters))
        {
            Notified(method.GetString() ?? "", parameters);
        }
    }

    private static TResult Result<TResult>(JsonElement answer, JsonTypeInfo<TResult> type)
    {
        if (answer.TryGetProperty("error", out JsonElement error))
        {
            throw new RemoteInvocationException(
                (JsonRpcErrorCode)error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString() ?? "");
        }

        return answer.TryGetProperty("result", out JsonElement result)
            ? result.Deserialize(type)!
            : throw new ConnectionLostException("An answer came with neither result nor error.");
    }

    private static void WriteRequest<T>(Utf8JsonWriter writer, int? id, string method, T parameters, JsonTypeInfo<T> type)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        if (id is int number)
        {
            writer.WriteNumber("id"u8, number);
        }

        writer.WriteString("method"u8, method);
        writer.WritePropertyName("params"u8);
        JsonSerializer.Serialize(writer, parameters, type);
        writer.WriteEndObject();
    }

    /// <summary>Whatever is in a request, and whatever its method does with it: nothing of it may end more than this one request.</summary>
    private void Serve(JsonElement request, IReadOnlyDictionary<string, RpcMethod> methods)
    {
        if (RpcRequest.TryRead(request) is not RpcRequest asked)
        {
            WriteError(default, JsonRpcErrorCode.InvalidRequest, "The message is no request. (A batch is none either: requests come one by one.)");
            return;
        }

        try
        {
            if (!methods.TryGetValue(asked.Method, out RpcMethod? method))
            {
                throw new LocalRpcException(JsonRpcErrorCode.MethodNotFound, $"There is no method '{asked.Method}'.");
            }

            Answer(asked.Id, method, new RpcArguments(asked.Parameters), asked.WantsAnswer);
        }
        catch (Exception e) when (e is not ConnectionLostException)
        {
            // Who sends a notification has said that he does not want to know.
            if (asked.WantsAnswer)
            {
                WriteError(asked.Id, (e as LocalRpcException)?.Code ?? JsonRpcErrorCode.InvocationError, e.Message);
            }
        }
    }

    private void Answer(JsonElement id, RpcMethod method, RpcArguments arguments, bool wantsAnswer)
    {
        // The result is written apart: a method that fails half-way must not leave half an answer.
        ArrayBufferWriter<byte> result = Results();
        _resultWriter ??= new Utf8JsonWriter(result);
        _resultWriter.Reset(result);
        method(arguments, _resultWriter);
        _resultWriter.Flush();

        if (wantsAnswer)
        {
            WriteResult(id, result.WrittenSpan);
        }
    }

    private void WriteError(JsonElement id, JsonRpcErrorCode code, string message) =>
        Write(writer =>
        {
            WriteAnswerStart(writer, id);
            writer.WriteStartObject("error"u8);
            writer.WriteNumber("code"u8, (int)code);
            writer.WriteString("message"u8, message);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });

    private static void WriteAnswerStart(Utf8JsonWriter writer, JsonElement id)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        writer.WritePropertyName("id"u8);
        if (id.ValueKind == JsonValueKind.Undefined)
        {
            writer.WriteNullValue();
        }
        else
        {
            id.WriteTo(writer);
        }
    }

    private void Write(Action<Utf8JsonWriter> write)
    {
        lock (_writes)
        {
            _body.ResetWrittenCount();
            _bodyWriter ??= new Utf8JsonWriter(_body);
            _bodyWriter.Reset(_body);
            write(_bodyWriter);
            _bodyWriter.Flush();
            SendBody();
        }
    }

    private void SendBody()
    {
        try
        {
            handler.Write(_body.WrittenSpan);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw new ConnectionLostException("The connection is closed.", e);
        }
    }

    private JsonDocument Read()
    {
        try
        {
            return TryRead(out ReadOnlyMemory<byte> message) ? Parse(message) : throw new ConnectionLostException("The connection ended.");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw new ConnectionLostException("What came over the connection is no JSON.", e);
        }
    }

    /// <exception cref="JsonException">It is no JSON. The parser itself does not look at the bytes of strings.</exception>
    private static JsonDocument Parse(ReadOnlyMemory<byte> message) =>
        Utf8.IsValid(message.Span) ? JsonDocument.Parse(message) : throw new JsonException("It is no UTF-8.");

    private bool TryRead(out ReadOnlyMemory<byte> message)
    {
        try
        {
            return handler.TryRead(out message);
        }
        catch (Exception e) when (e is IOException and not ConnectionLostException or ObjectDisposedException)
        {
            throw new ConnectionLostException("The connection is closed.", e);
        }
    }
}
