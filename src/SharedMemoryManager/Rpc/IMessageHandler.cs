namespace Multiprocessing;

/// <summary>
/// How messages travel over a connection. Whatever the framing, what is read and written here is JSON, as UTF-8: nobody above knows of any other.
/// </summary>
/// <remarks>One reader and one writer at a time.</remarks>
internal interface IMessageHandler : IDisposable
{
    /// <summary>The next message; false when the stream has ended between two messages. Valid until the next call.</summary>
    /// <exception cref="ConnectionLostException">The stream ended within a message, or this is no such stream.</exception>
    /// <exception cref="InvalidDataException">A message came that has no JSON. The next one can be read.</exception>
    bool TryRead(out ReadOnlyMemory<byte> message);

    /// <summary>Writes one message, in one piece.</summary>
    void Write(ReadOnlySpan<byte> message);
}
