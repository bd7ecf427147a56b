namespace Multiprocessing;

/// <summary>The bytes that have come over a connection and are not read yet.</summary>
/// <remarks>The buffer grows by what has arrived, never by what a length claims.</remarks>
internal sealed class MessageInput(Stream stream) : IDisposable
{
    /// <summary>The longest message, in bytes, that is read from anybody.</summary>
    internal const int MostBytes = 64 * 1024 * 1024;

    private const int FirstBuffer = 4096;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;

    /// <summary>The longest message, in bytes, that is read from now on.</summary>
    internal int LongestMessage { get; set; } = MostBytes;

    /// <summary>What has arrived. Valid until the next fill or take.</summary>
    internal ReadOnlySpan<byte> Arrived => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Waits for more to arrive; false when the stream has ended.</summary>
    internal bool TryFill()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            if (_start > 0)
            {
                Arrived.CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }
            else
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
        }

        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }

    /// <summary>Waits until so many bytes have arrived; false when the stream has ended before the first.</summary>
    /// <exception cref="ConnectionLostException">It ended after the first.</exception>
    internal bool TryWaitFor(int length)
    {
        while (_end - _start < length)
        {
            if (!TryFill())
            {
                return _start == _end ? false : throw EndedWithin();
            }
        }

        return true;
    }

    /// <summary>The next bytes of a message, when they have arrived. Valid until the next fill.</summary>
    /// <exception cref="ConnectionLostException">The stream ended before.</exception>
    internal ReadOnlyMemory<byte> Take(int length)
    {
        if (!TryWaitFor(length))
        {
            throw EndedWithin();
        }

        ReadOnlyMemory<byte> taken = _buffer.AsMemory(_start, length);
        _start += length;
        return taken;
    }

    public void Dispose() => stream.Dispose();

    internal static ConnectionLostException EndedWithin() => new("The connection ended within a message.");
}
