namespace Multiprocessing;

/// <summary>Room in a <see cref="SharedRing"/> that is claimed and not a message yet. Write <see cref="Bytes"/>, then commit.</summary>
public readonly unsafe ref struct RingReservation
{
    private readonly SharedRing? _ring;
    private readonly RecordHeader* _record;
    private readonly long _end;
    private readonly ulong _seen;

    internal RingReservation(SharedRing ring, RecordHeader* record, long end)
    {
        _ring = ring;
        _record = record;
        _end = end;
        _seen = record->Word;
        Bytes = new Span<byte>(MessageRing.Bytes(record), record->Length);
    }

    /// <summary>The room; it holds what was there before. Valid until it is committed or disposed.</summary>
    public Span<byte> Bytes { get; }

    /// <summary>Makes it a message.</summary>
    /// <exception cref="InvalidOperationException">It is one already, or there was no room.</exception>
    public void Commit() => Commit(Bytes.Length);

    /// <summary>Makes its first bytes a message.</summary>
    /// <param name="length">How many.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is more than was reserved.</exception>
    /// <exception cref="InvalidOperationException">It is a message already, or there was no room.</exception>
    public void Commit(int length)
    {
        if (_ring is null)
        {
            throw new InvalidOperationException("There was no room: nothing is reserved.");
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Bytes.Length, nameof(length));
        _ring.Commit(_record, _seen, length, _end);
    }

    /// <summary>Gives it up, if it is not committed.</summary>
    public void Dispose() => _ring?.GiveUp(_record, _seen);
}
