using System.Buffers;
using System.Buffers.Text;

namespace Multiprocessing;

/// <summary>
/// Messages with HTTP-like headers, as the Language Server Protocol, vscode-jsonrpc and StreamJsonRpc's handler of the same name
/// speak them: <c>Content-Length: N</c>, further headers that are ignored, an empty line, and N bytes of UTF-8 JSON.
/// </summary>
internal sealed class HeaderDelimitedMessageHandler(MessageInput input, Stream output) : IMessageHandler
{
    private const int LongestHeader = 4096;
    private const int FirstBuffer = 4096;
    private readonly ArrayBufferWriter<byte> _frame = new(FirstBuffer);

    internal HeaderDelimitedMessageHandler(Stream input, Stream output)
        : this(new MessageInput(input), output)
    {
    }

    /// <inheritdoc/>
    public bool TryRead(out ReadOnlyMemory<byte> message)
    {
        message = default;
        int headerLength;
        while ((headerLength = input.Arrived.IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (input.Arrived.Length > LongestHeader)
            {
                throw new ConnectionLostException($"No end of a message's headers within {LongestHeader} bytes.");
            }

            if (!input.TryFill())
            {
                return input.Arrived.IsEmpty ? false : throw MessageInput.EndedWithin();
            }
        }

        int length = ContentLength(input.Arrived[..headerLength]);
        input.Take(headerLength + 4);
        message = input.Take(length);
        return true;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> message)
    {
        _frame.ResetWrittenCount();
        _frame.Write("Content-Length: "u8);
        Utf8Formatter.TryFormat(message.Length, _frame.GetSpan(16), out int digits);
        _frame.Advance(digits);
        _frame.Write("\r\n\r\n"u8);
        _frame.Write(message);
        output.Write(_frame.WrittenSpan);
        output.Flush();
    }

    public void Dispose()
    {
        input.Dispose();
        output.Dispose();
    }

    private int ContentLength(ReadOnlySpan<byte> headers)
    {
        foreach (Range line in headers.Split("\r\n"u8))
        {
            ReadOnlySpan<byte> header = headers[line];
            int colon = header.IndexOf((byte)':');
            if (colon >= 0 && System.Text.Ascii.EqualsIgnoreCase(header[..colon], "Content-Length"u8))
            {
                ReadOnlySpan<byte> value = header[(colon + 1)..].Trim((byte)' ');
                if (Utf8Parser.TryParse(value, out int length, out int used) && used == value.Length && length >= 0 && length <= input.LongestMessage)
                {
                    return length;
                }

                throw new ConnectionLostException("The Content-Length of a message is no length that is taken here.");
            }
        }

        throw new ConnectionLostException("A message came without a Content-Length.");
    }
}
