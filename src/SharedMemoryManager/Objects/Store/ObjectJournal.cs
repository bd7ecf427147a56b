namespace Multiprocessing;

/// <summary>
/// A block in which the server writes down each change to the objects that it holds, so that the server which follows its death holds the same.
/// </summary>
/// <remarks>
/// <code>
///  offset  size  field
///       0    32  <see cref="StructureHeader"/>, kind "journal", version 1
///      32     8  generation   a journal that takes the place of another has the next higher one
///      40     8  used         the bytes of records that are there, and the last thing that is written of a record
///      48    16  unused
///      64     …  records: 4 bytes length, then as many bytes, the first of which is an <see cref="ObjectRecord"/>
/// </code>
/// <para>States. <c>used</c> is all that is believed: a death in the middle of a record leaves bytes behind it, over which the next record is written. The
/// journal has one of two names in turn. When it is full, a new one that begins with all objects as they are is made under the other name; its magic
/// makes it the journal, and the old one goes. A death in between leaves an unfinished one, which is removed, or two, of which the higher generation counts.</para>
/// <para>What a record costs is a copy to mapped memory, and now and then a copy of everything: the journal is twice as large as what it began with, at least.</para>
/// </remarks>
internal sealed unsafe class ObjectJournal(string prefix, BlockTable blocks) : IDisposable
{
    private const string Kind = "journal";
    private const uint Version = 1;
    private const long GenerationOffset = 32;
    private const long UsedOffset = 40;
    private const int RecordsOffset = 64;
    private const long SmallestSize = 64 * 1024;
    private const long SpareFactor = 2;

    private readonly string[] _names = [prefix + "oA", prefix + "oB"];
    private SharedMemory? _block;
    private long _generation;
    private long _used;
    private bool _isBroken;

    /// <summary>The records of the journal that is there, in their order; none if there is none.</summary>
    /// <exception cref="InvalidDataException">Somebody else has written there.</exception>
    internal IEnumerable<byte[]> Recover()
    {
        foreach (string name in _names)
        {
            Consider(name);
        }

        if (_block is not SharedMemory block)
        {
            yield break;
        }

        long size = block.Size - RecordsOffset;
        _used = Volatile.Read(ref block.GetReference<long>(UsedOffset));
        if (_used < 0 || _used > size)
        {
            throw new InvalidDataException($"The journal {block.Name} of {size} bytes says that {_used} of them are used.");
        }

        for (long at = 0; at < _used;)
        {
            int length = _used - at >= sizeof(int) ? block.GetReference<int>(RecordsOffset + at) : -1;
            if (length <= 0 || length > _used - at - sizeof(int))
            {
                throw new InvalidDataException($"The journal {block.Name} holds no record at {at}.");
            }

            yield return block.AsSpan<byte>(RecordsOffset + at + sizeof(int), length).ToArray();
            at += sizeof(int) + length;
        }
    }

    /// <summary>Behind what could not be read nothing must be written: the next record begins a new journal.</summary>
    internal void GiveUp() => _isBroken = true;

    /// <summary>Sees to it that a record of so many bytes can be appended.</summary>
    /// <param name="bytes">At most as many.</param>
    /// <param name="snapshot">Gives the records of all there is, if a new journal must begin.</param>
    /// <exception cref="SharedMemoryFullException">There is no room for it, and the old journal is as it was.</exception>
    internal void Reserve(long bytes, Func<IEnumerable<byte[]>> snapshot)
    {
        if (_block is not null && !_isBroken && _used + sizeof(int) + bytes <= _block.Size - RecordsOffset)
        {
            return;
        }

        byte[][] records = [.. snapshot()];
        long needed = records.Sum(record => (long)record.Length + sizeof(int)) + bytes + sizeof(int);
        string name = _block?.Name == _names[0] ? _names[1] : _names[0];
        Remove(name);
        SharedMemory next = SharedMemory.Create(Math.Max(SmallestSize, SpareFactor * needed) + RecordsOffset, name);
        SharedMemory? old = _block;
        (_block, _used, _isBroken) = (next, 0, false);
        foreach (byte[] record in records)
        {
            Append(record);
        }

        next.GetReference<long>(GenerationOffset) = ++_generation;
        StructureHeader.Publish(next.Start, Kind, Version, next.Size);
        Adopt(next);
        if (old is not null)
        {
            old.Dispose();
            Remove(old.Name);
        }
    }

    /// <summary>Writes a record for which there is room.</summary>
    internal void Append(ReadOnlySpan<byte> record)
    {
        SharedMemory block = _block!;
        block.GetReference<int>(RecordsOffset + _used) = record.Length;
        record.CopyTo(block.AsSpan<byte>(RecordsOffset + _used + sizeof(int), record.Length));
        _used += sizeof(int) + record.Length;
        Volatile.Write(ref block.GetReference<long>(UsedOffset), _used);
    }

    public void Dispose() => _block?.Dispose();

    /// <summary>Takes the journal of that name, if there is a finished one and none of a higher generation.</summary>
    private void Consider(string name)
    {
        if (!SharedMemory.Exists(name))
        {
            return;
        }

        SharedMemory? found = null;
        try
        {
            found = SharedMemory.Attach(name);
            StructureHeader.Check(found.Start, found.Size, Kind, Version, name);
            long generation = found.GetReference<long>(GenerationOffset);
            if (_block is not null && generation < _generation)
            {
                throw new InvalidDataException("It has been followed by another.");
            }

            SharedMemory? old = _block;
            (_block, _generation) = (found, generation);
            Adopt(found);
            if (old is not null)
            {
                old.Dispose();
                Remove(old.Name);
            }
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            found?.Dispose();
            Remove(name);
        }
    }

    private void Adopt(SharedMemory block)
    {
        blocks.Add(new TrackedBlock(block.Name, Kind, block.Size, Environment.ProcessId, DateTimeOffset.UtcNow));
        blocks.Hold(block.Name);
    }

    private void Remove(string name)
    {
        SharedMemory.TryUnlink(name);
        blocks.Remove(name);
    }
}
