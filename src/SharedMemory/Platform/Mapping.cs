namespace Multiprocessing;

/// <summary>
/// A mapped block. It counts its users (the <see cref="SharedMemory"/> and every pinned <c>MemoryHandle</c>) and is unmapped
/// when the last one lets go, so that a native reader never loses the memory under its feet.
/// </summary>
internal abstract class Mapping(string name, nint address, long size, UnixFileMode mode, bool isReadOnly)
{
    private int _users = 1;

    /// <summary>The name by which others attach.</summary>
    internal string Name { get; } = name;

    internal nint Address { get; } = address;

    internal long Size { get; } = size;

    internal UnixFileMode Mode { get; } = mode;

    internal bool IsReadOnly { get; } = isReadOnly;

    /// <summary>Whether there is a name to remove.</summary>
    internal abstract bool IsUnlinkable { get; }

    /// <summary>The last bytes, so many if there are.</summary>
    internal unsafe Span<byte> End(int count)
    {
        count = (int)Math.Min(count, Size);
        return new Span<byte>((byte*)Address + Size - count, count);
    }

    /// <summary>Writes the last bytes, the first of them last.</summary>
    internal void WriteEnd(ReadOnlySpan<byte> end)
    {
        if (end.Length > 0)
        {
            Span<byte> there = End(end.Length);
            end[1..].CopyTo(there[1..]);
            Volatile.Write(ref there[0], end[0]);
        }
    }

    /// <summary>One more user; false when the memory is gone already.</summary>
    internal bool TryAddUser()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    internal void ReleaseUser()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            CreatorLog.Current?.Closing(Address);
            Unmap();
        }
    }

    /// <summary>Keeps the pages in memory (mlock).</summary>
    internal abstract void Lock();

    /// <summary>Lets the pages be swapped again.</summary>
    internal abstract void Unlock();

    /// <summary>
    /// Writes a file-backed block to its file; returns when it is there if <paramref name="wait"/>. <paramref name="invalidate"/> asks that
    /// other mappings of the file see what is in it now.
    /// </summary>
    internal abstract void Flush(bool wait, bool invalidate);

    /// <summary>Maps the pages of a range before they are touched, where the system can.</summary>
    internal abstract void Prefault(long byteOffset, long length);

    protected abstract void Unmap();
}
