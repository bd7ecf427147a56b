namespace Multiprocessing;

/// <content>Appending, in all modes.</content>
internal abstract unsafe partial class MessageRing
{
    /// <summary>Claims room for a message; null when there is none, or the lock is not to be had.</summary>
    /// <param name="length">Its bytes.</param>
    /// <param name="end">SPSC: what tail is to be when it is committed.</param>
    internal RecordHeader* TryAppend(int length, out long end)
    {
        end = 0;
        if (!_isSpsc && !TryLock(ref Header->TailLock))
        {
            return null;
        }

        RecordHeader* record = Append(Header->Tail, length, out end);
        if (!_isSpsc)
        {
            if (record != null)
            {
                Volatile.Write(ref Header->Tail, end);
            }

            Volatile.Write(ref Header->TailLock, 0);
        }

        return record;
    }

    /// <summary>Claims room for all messages, or for none; the records follow each other, so the first tells where they are.</summary>
    internal bool TryAppendAll(ReadOnlySpan<ReadOnlyMemory<byte>> messages, Span<nint> records, out long end)
    {
        end = 0;
        if (!_isSpsc && !TryLock(ref Header->TailLock))
        {
            return false;
        }

        end = Header->Tail;
        bool fits = true;
        for (int i = 0; i < messages.Length && fits; i++)
        {
            RecordHeader* record = Append(end, messages[i].Length, out end);
            records[i] = (nint)record;
            fits = record != null;
        }

        if (!_isSpsc)
        {
            if (fits)
            {
                Volatile.Write(ref Header->Tail, end);
            }

            Volatile.Write(ref Header->TailLock, 0);
        }

        return fits;
    }

    /// <summary>Makes a record that was appended a message.</summary>
    internal void Commit(RecordHeader* record, long end)
    {
        Set(record, 0, RecordHeader.Committed);
        if (_isSpsc)
        {
            Volatile.Write(ref Header->Tail, end);
        }
    }

    /// <summary>SPSC: writes what a commit does, but for tail, which passes the whole batch at once.</summary>
    internal static void Prepare(RecordHeader* record) => Set(record, 0, RecordHeader.Committed);

    /// <summary>Leaves a record that was appended as a hole. In SPSC it never was one.</summary>
    internal void GiveUp(RecordHeader* record)
    {
        if (!_isSpsc)
        {
            Set(record, 0, RecordHeader.Done);
        }
    }

    private RecordHeader* Append(long tail, int length, out long end)
    {
        int total = RecordHeader.TotalOf(length);
        long toEnd = _mask + 1 - (tail & _mask);
        long fill = total > toEnd ? toEnd : 0;
        end = tail + fill + total;
        if (end - Header->SeenHead > _mask + 1)
        {
            FreeDone();
            Header->SeenHead = Volatile.Read(ref Header->Head);
            if (end - Header->SeenHead > _mask + 1)
            {
                return null;
            }
        }

        if (fill > 0)
        {
            Write(tail, RecordHeader.Done, (int)fill - RecordHeader.ByteSize, (int)fill);
        }

        Write(tail + fill, RecordHeader.Claimed, length, total);
        return At(tail + fill);
    }

    /// <summary>The round of a record's word is its position: a claim that is long over is not taken for the one that is there now.</summary>
    private void Write(long position, uint state, int length, int total)
    {
        RecordHeader* record = At(position);
        record->Word = ClaimWord.Of((uint)(position / RecordHeader.ByteSize), state == RecordHeader.Done ? 0 : Me, state);
        record->Length = length;
        record->Total = total;
    }
}
