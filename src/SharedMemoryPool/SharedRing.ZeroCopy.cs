namespace Multiprocessing;

/// <content>Writing and reading in place.</content>
public sealed unsafe partial class SharedRing
{
    /// <summary>Claims room for a message, to be written in place; false when there is none.</summary>
    /// <param name="length">Its bytes, or the most that they may be.</param>
    /// <param name="reservation">The room. Dispose it: what is not committed by then is given up.</param>
    /// <remarks>Consumers wait at room that is claimed and not committed: do not keep it long. In SPSC there is one at a time.</remarks>
    /// <inheritdoc cref="TryEnqueue(ReadOnlySpan{byte})"/>
    public bool TryReserve(int length, out RingReservation reservation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        RecordHeader* record = Append(length, out long end);
        reservation = record == null ? default : new RingReservation(this, record, end);
        return record != null;
    }

    /// <summary>Takes the oldest message, to be read in place; false when there is none.</summary>
    /// <param name="message">The message. Dispose it: one that is not advanced over by then is given back, and comes again.</param>
    /// <remarks>Where there is one consumer, it reads one message after the other.</remarks>
    /// <exception cref="InvalidOperationException">Another handle is the ring's one consumer.</exception>
    /// <exception cref="ObjectDisposedException">The ring is disposed.</exception>
    public bool TryPeek(out RingMessage message)
    {
        if (!_reads)
        {
            BeginReading();
        }

        RecordHeader* record = _ring.TryTake(out long position, out bool isReturned);
        if (record == null)
        {
            message = default;
            if (++_refusals[32] % RefusalsBetweenChecks == 0)
            {
                Resolve();
            }

            return false;
        }

        message = new RingMessage(this, record, position, isReturned || position < _redeliveredUntil);
        return true;
    }

    internal void Commit(RecordHeader* record, ulong seen, int length, long end)
    {
        ThrowIfOver(record, seen, "The reservation is committed or given up already.");
        record->Length = length;
        _ring.Commit(record, end);
        _control.TellConsumers();
    }

    internal void GiveUp(RecordHeader* record, ulong seen)
    {
        if (_writes && Volatile.Read(ref record->Word) == seen)
        {
            _ring.GiveUp(record);
            _control.TellConsumers();
        }
    }

    internal void Advance(RecordHeader* record, ulong seen, long position)
    {
        ThrowIfOver(record, seen, "The message is advanced over or given back already.");
        if (Mode != RingMode.Mpmc && _control.Header->Head != position)
        {
            throw new InvalidOperationException("The message is advanced over already.");
        }

        _ring.Advance(record, position);
        _control.TellProducers();
    }

    internal void GiveBack(RecordHeader* record, ulong seen, long position)
    {
        if (_reads && Volatile.Read(ref record->Word) == seen && (Mode == RingMode.Mpmc || _control.Header->Head == position))
        {
            _ring.GiveBack(record, position);
            _control.NoteReturns();
        }
    }

    private void ThrowIfOver(RecordHeader* record, ulong seen, string message)
    {
        _control.Block.ThrowIfDisposed();
        if (Volatile.Read(ref record->Word) != seen)
        {
            throw new InvalidOperationException(message);
        }
    }
}
