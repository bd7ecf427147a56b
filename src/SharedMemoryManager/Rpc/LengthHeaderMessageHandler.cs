using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Multiprocessing;

/// <summary>
/// Messages of MessagePack behind their length, 4 bytes, big-endian: what StreamJsonRpc's handler of the same name and its MessagePackFormatter speak. A message is
/// a map with the same keys as its JSON: <c>jsonrpc</c>, <c>id</c>, <c>method</c>, <c>params</c>, <c>result</c>, <c>error</c>.
/// </summary>
/// <remarks>Each message is turned into JSON, and out of it, here at the edge: there is one way in which requests are served (docs/decisions.md).</remarks>
internal sealed class LengthHeaderMessageHandler(MessageInput input, Stream output) : IMessageHandler
{
    private const int HeaderLength = 4;
    private const int FirstBuffer = 1024;

    private readonly ArrayBufferWriter<byte> _json = new(FirstBuffer);
    private readonly ArrayBufferWriter<byte> _body = new(FirstBuffer);
    private readonly ArrayBufferWriter<byte> _frame = new(FirstBuffer);
    private readonly Utf8JsonWriter _writer = new(
        Stream.Null, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <inheritdoc/>
    public bool TryRead(out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (!input.TryWaitFor(HeaderLength))
        {
            return false;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(input.Take(HeaderLength).Span);
        if (length < 0 || length > input.LongestMessage)
        {
            throw new ConnectionLostException("The length of a message is none that is taken here.");
        }

        ReadOnlyMemory<byte> body = input.Take(length);
        _json.ResetWrittenCount();
        _writer.Reset(_json);
        MessagePackToJson.Write(body.Span, _writer, input.LongestMessage);
        _writer.Flush();
        message = _json.WrittenMemory;
        return true;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> message)
    {
        _body.ResetWrittenCount();
        JsonToMessagePack.Write(message, _body);
        _frame.ResetWrittenCount();
        BinaryPrimitives.WriteInt32BigEndian(_frame.GetSpan(HeaderLength), _body.WrittenCount);
        _frame.Advance(HeaderLength);
        _frame.Write(_body.WrittenSpan);
        output.Write(_frame.WrittenSpan);
        output.Flush();
    }

    public void Dispose()
    {
        _writer.Dispose();
        input.Dispose();
        output.Dispose();
    }
}
