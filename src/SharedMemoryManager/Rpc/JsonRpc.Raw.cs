using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>Reads the result of a call, on whose first token the reader stands.</summary>
internal delegate TResult AnswerReader<in TState, out TResult>(TState state, ref Utf8JsonReader answer);

/// <summary>Calls whose parameters are JSON already and whose results are read in place: the shortest way from the wire to a value.</summary>
internal sealed partial class JsonRpc
{
    /// <summary>What a connection keeps of its buffers: a large message now and then must not cost each client its size for good.</summary>
    private const int MostKept = 1024 * 1024;

    private Utf8JsonWriter? _resultWriter;
    private ArrayBufferWriter<byte>? _result;

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <param name="method">The method, in ASCII.</param>
    /// <param name="parameters">Its parameters, a JSON array or object.</param>
    /// <param name="state">For the reader.</param>
    /// <param name="read">Reads the result.</param>
    /// <inheritdoc cref="Invoke" path="/exception"/>
    internal TResult InvokeRaw<TState, TResult>(string method, ReadOnlySpan<byte> parameters, TState state, AnswerReader<TState, TResult> read)
    {
        lock (_calls)
        {
            int id = ++_lastId;
            SendRaw(id, method, parameters);
            while (true)
            {
                if (!TryRead(out ReadOnlyMemory<byte> message))
                {
                    throw new ConnectionLostException("The connection ended.");
                }

                if (TryFindResult(message.Span, id, out ReadOnlySpan<byte> result))
                {
                    var reader = new Utf8JsonReader(result);
                    reader.Read();
                    return read(state, ref reader);
                }

                if (Notified is not null)
                {
                    using JsonDocument other = JsonDocument.Parse(message);
                    Notice(other.RootElement);
                }
            }
        }
    }

    private static ReadOnlySpan<byte> Start => "{\"jsonrpc\":\"2.0\",\"id\":"u8;

    /// <summary>The empty buffer for a result: requests are served one at a time.</summary>
    private ArrayBufferWriter<byte> Results()
    {
        if (_result is null || _result.Capacity > MostKept)
        {
            _result = new ArrayBufferWriter<byte>(1024);
        }

        _result.ResetWrittenCount();
        return _result;
    }

    private void SendRaw(int id, string method, ReadOnlySpan<byte> parameters)
    {
        lock (_writes)
        {
            _body.ResetWrittenCount();
            _body.Write(Start);
            Utf8Formatter.TryFormat(id, _body.GetSpan(16), out int digits);
            _body.Advance(digits);
            _body.Write(",\"method\":\""u8);
            _body.Advance(Encoding.ASCII.GetBytes(method, _body.GetSpan(method.Length)));
            _body.Write("\",\"params\":"u8);
            _body.Write(parameters);
            _body.Write("}"u8);
            SendBody();
        }
    }

    /// <summary>Answers with what is JSON already; the id goes back as it came.</summary>
    private void WriteResult(JsonElement id, ReadOnlySpan<byte> result)
    {
        lock (_writes)
        {
            _body.ResetWrittenCount();
            _body.Write(Start);
            _body.Write(id.ValueKind == JsonValueKind.Undefined ? "null"u8 : JsonMarshal.GetRawUtf8Value(id));
            _body.Write(",\"result\":"u8);
            _body.Write(result);
            _body.Write("}"u8);
            SendBody();
        }
    }

    /// <summary>The result in a message; false if it is not the answer to that request.</summary>
    /// <exception cref="RemoteInvocationException">It is, and an error.</exception>
    /// <exception cref="ConnectionLostException">It is no message.</exception>
    private static bool TryFindResult(ReadOnlySpan<byte> message, int id, out ReadOnlySpan<byte> result)
    {
        result = default;
        ReadOnlySpan<byte> error = default;
        bool isAnswer = false;
        try
        {
            var reader = new Utf8JsonReader(message);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isId = reader.ValueTextEquals("id"u8);
                bool isResult = reader.ValueTextEquals("result"u8);
                bool isError = reader.ValueTextEquals("error"u8);
                reader.Read();
                int start = (int)reader.TokenStartIndex;
                isAnswer |= isId && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int answered) && answered == id;
                reader.Skip();
                ReadOnlySpan<byte> value = message[start..(int)reader.BytesConsumed];
                result = isResult ? value : result;
                error = isError ? value : error;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ConnectionLostException("What came over the connection is no JSON.", e);
        }

        if (isAnswer && !error.IsEmpty)
        {
            var reader = new Utf8JsonReader(error);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            throw new RemoteInvocationException(
                (JsonRpcErrorCode)document.RootElement.GetProperty("code").GetInt32(), document.RootElement.GetProperty("message").GetString() ?? "");
        }

        return isAnswer && (!result.IsEmpty ? true : throw new ConnectionLostException("An answer came with neither result nor error."));
    }
}
