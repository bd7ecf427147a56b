using System.Buffers;
using System.Buffers.Text;

namespace Multiprocessing;

/// <summary>
/// Messages with HTTP-like headers, as the Language Server Protocol, vscode-jsonrpc and StreamJsonRpc's handler of the same name
/// speak them: <c>Content-Length: N</c>, further headers that are ignored, an empty line, and N bytes of UTF-8 JSON.
/// </summary>
/// <remarks>One reader and one writer at a time. No buffer grows by what a header claims, only by what has arrived.</remarks>
internal sealed class HeaderDelimitedMessageHandler(Stream input, Stream output) : IDisposable
{
    /// <summary>The longest message, in bytes, that is read or written.</summary>
    internal const int LongestMessage = 64 * 1024 * 1024;

    private const int LongestHeader = 4096;
    private const int FirstBuffer = 4096;
    private readonly ArrayBufferWriter<byte> _frame = new(FirstBuffer);
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;

    /// <summary>The next message; false when the stream has ended between two messages. Valid until the next call.</summary>
    /// <exception cref="ConnectionLostException">The stream ended within a message, or this is no such stream.</exception>
    internal bool TryRead(out ReadOnlyMemory<byte> message)
    {
        message = default;
        int headerLength;
        while ((headerLength = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (_end - _start > LongestHeader)
            {
                throw new ConnectionLostException($"No end of a message's headers within {LongestHeader} bytes.");
            }

            if (!TryFill())
            {
                return _start == _end ? false : throw new ConnectionLostException("The connection ended within a message.");
            }
        }

        int length = ContentLength(_buffer.AsSpan(_start, headerLength));
        _start += headerLength + 4;
        while (_end - _start < length)
        {
            if (!TryFill())
            {
                throw new ConnectionLostException("The connection ended within a message.");
            }
        }

        message = _buffer.AsMemory(_start, length);
        _start += length;
        return true;
    }

    /// <summary>Writes one message, in one piece.</summary>
    internal void Write(ReadOnlySpan<byte> message)
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

    private static int ContentLength(ReadOnlySpan<byte> headers)
    {
        foreach (Range line in headers.Split("\r\n"u8))
        {
            ReadOnlySpan<byte> header = headers[line];
            int colon = header.IndexOf((byte)':');
            if (colon >= 0 && System.Text.Ascii.EqualsIgnoreCase(header[..colon], "Content-Length"u8))
            {
                ReadOnlySpan<byte> value = header[(colon + 1)..].Trim((byte)' ');
                if (Utf8Parser.TryParse(value, out int length, out int used) && used == value.Length && length is >= 0 and <= LongestMessage)
                {
                    return length;
                }

                throw new ConnectionLostException("The Content-Length of a message is no length that is taken here.");
            }
        }

        throw new ConnectionLostException("A message came without a Content-Length.");
    }

    private bool TryFill()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }
            else
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
        }

        int read = input.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}
