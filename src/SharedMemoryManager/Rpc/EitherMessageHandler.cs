namespace Multiprocessing;

/// <summary>
/// Speaks the framing that the other side speaks, which its first byte tells: no length that is taken begins with a byte above 4, and headers begin with a letter.
/// </summary>
/// <remarks>For who is spoken to first.</remarks>
internal sealed class EitherMessageHandler(MessageInput input, Stream output) : IMessageHandler
{
    /// <summary>The first byte of the longest message's length.</summary>
    private const byte MostOfALength = MessageInput.MostBytes >> 24;

    private IMessageHandler? _spoken;

    /// <inheritdoc/>
    public bool TryRead(out ReadOnlyMemory<byte> message)
    {
        message = default;
        if (_spoken is null)
        {
            if (!input.TryWaitFor(1))
            {
                return false;
            }

            _spoken = input.Arrived[0] <= MostOfALength
                ? new LengthHeaderMessageHandler(input, output)
                : new HeaderDelimitedMessageHandler(input, output);
        }

        return _spoken.TryRead(out message);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> message) =>
        (_spoken ?? throw new InvalidOperationException("Nobody has spoken yet.")).Write(message);

    public void Dispose()
    {
        _spoken?.Dispose();
        input.Dispose();
        output.Dispose();
    }
}
