namespace Multiprocessing;

/// <summary>The oldest message of a <see cref="SharedRing"/>, taken by this handle and not gone yet. Read <see cref="Bytes"/>, then <see cref="Advance"/>.</summary>
public readonly unsafe ref struct RingMessage
{
    private readonly SharedRing? _ring;
    private readonly RecordHeader* _record;
    private readonly long _position;
    private readonly ulong _seen;

    internal RingMessage(SharedRing ring, RecordHeader* record, long position, bool isRedelivered)
    {
        _ring = ring;
        _record = record;
        _position = position;
        _seen = record->Word;
        IsRedelivered = isRedelivered;
        Bytes = new ReadOnlySpan<byte>(MessageRing.Bytes(record), record->Length);
    }

    /// <summary>The message. Valid until it is advanced over or disposed.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Whether somebody had it before and died, or gave it back.</summary>
    public bool IsRedelivered { get; }

    /// <summary>Removes it.</summary>
    /// <exception cref="InvalidOperationException">It is removed or given back already, or there was none.</exception>
    public void Advance() => (_ring ?? throw new InvalidOperationException("There was no message.")).Advance(_record, _seen, _position);

    /// <summary>Gives it back, if it is not advanced over.</summary>
    public void Dispose() => _ring?.GiveBack(_record, _seen, _position);
}
