using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// Bytes that any process reads and writes by their position, with counters, locks and a wait for updates: what uWSGI's <c>sharedarea</c> is, whole, and between
/// any processes.
/// </summary>
/// <remarks>
/// <para>The bytes are a block's, a file's or the caller's; no header is among them. So uWSGI can map the same file. The control words (<c>AreaControl</c>) lie
/// before the bytes in their block, or for a file in a block of their own.</para>
/// <para>What is promised, whatever other threads and processes do through the same area:
/// a value of 1, 2, 4 or 8 bytes at a multiple of its size is read, written, incremented or exchanged at once;
/// larger writes, and values that are not aligned, happen one after the other, and a read of any length gets no part of one without the rest;
/// a value within the range of a larger read or write is whole, old or new;
/// within <see cref="EnterReadLock"/> nobody writes, and within <see cref="EnterWriteLock"/> nobody else reads or writes.
/// Through <see cref="Memory"/> and addresses nothing of this holds.</para>
/// <para>Numbers have the byte order of the machine, as uWSGI's have.</para>
/// <para>Every position and length is checked, overflow included: what does not lie within the area is an <see cref="ArgumentOutOfRangeException"/>.</para>
/// </remarks>
public sealed unsafe partial class SharedArea : ISharedStructure
{
    private readonly AreaControl _control;
    private readonly SharedMemory? _file;
    private readonly byte* _words;
    private readonly byte* _data;
    private readonly long _wholeSize;
    private Memory<byte>? _memory;

    // -1 once disposed: then nothing lies within the area, and one comparison is enough for both.
    private long _size;

    private SharedArea(string name, AreaControl control, SharedMemory? file, byte* data, long size)
    {
        Name = name;
        _control = control;
        _file = file;
        _words = control.Words;
        _data = data;
        _size = _wholeSize = size;
    }

    string ISharedStructure.Kind => AreaControl.Kind;

    /// <summary>
    /// The name by which another process attaches. For a file it is <c>file://PATH</c>, by which the whole file is the area; who wants the same part of it creates his
    /// area by the same options.
    /// </summary>
    public string Name { get; }

    /// <summary>The block that the bytes are in: one of its own, or the mapped file. For memory of the caller's, the block of the control words.</summary>
    public SharedMemory Block => _file ?? _control.Block;

    /// <summary>How many bytes there are.</summary>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public long Size
    {
        get
        {
            ThrowIfDisposed();
            return _wholeSize;
        }
    }

    /// <summary>Where the bytes begin in this process. Valid until <see cref="Dispose"/>; no lock is looked at, and no update counted.</summary>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public nint Address
    {
        get
        {
            ThrowIfDisposed();
            return (nint)_data;
        }
    }

    /// <summary>
    /// All the bytes, which may be kept and passed on: after <see cref="Dispose"/> its span throws. No lock is looked at, and no update
    /// counted: see <see cref="EnterWriteLock"/> and <see cref="MarkUpdated"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    /// <exception cref="InvalidOperationException">It has more bytes than a span can hold.</exception>
    public Memory<byte> Memory
    {
        get
        {
            ThrowIfDisposed();
            return _memory ??= _wholeSize <= int.MaxValue
                ? new AreaMemoryManager(this, Block, _data, (int)_wholeSize).Memory
                : throw new InvalidOperationException($"The area '{Name}' has {_wholeSize} bytes, more than one span can hold: use its Address.");
        }
    }

    /// <summary>
    /// Whether a process died in the midst of a larger write through an area, so that some bytes may be half old and half new. It stays said until
    /// <see cref="ClearTorn"/>. A death within <see cref="EnterWriteLock"/> is told by the scope of the next one who enters.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public bool IsTorn
    {
        get
        {
            ThrowIfDisposed();
            return Volatile.Read(ref _control.Torn) != 0;
        }
    }

    internal bool IsDisposed => _size < 0;

    /// <summary>Takes back what <see cref="IsTorn"/> says, when the bytes have been put right.</summary>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public void ClearTorn()
    {
        ThrowIfDisposed();
        Volatile.Write(ref _control.Torn, 0);
    }

    /// <summary>Removes the name of its block: nobody can attach any more, and the memory goes when the last process has closed it.</summary>
    /// <exception cref="FileNotFoundException">The name is gone already.</exception>
    /// <exception cref="InvalidOperationException">It is a file: that is the caller's to delete, and its control words go with their last user.</exception>
    public void Unlink()
    {
        if (_file is not null)
        {
            throw new InvalidOperationException($"'{Name}' is a file: delete it, if it is to go. What else there is goes with the last who uses it.");
        }

        _control.Block.Unlink();
    }

    /// <summary>Closes this process's mapping. The bytes stay; the control words of a file go with the last who uses it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _size, -1) >= 0)
        {
            _control.Dispose();
            _file?.Dispose();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"SharedArea('{Name}', size={_wholeSize})";

    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_size < 0, this);

    /// <summary>Where so many bytes at a position are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* At(long position, long length)
    {
        if (position < 0 || position > _size - length)
        {
            ThrowOutside(position, length);
        }

        return _data + position;
    }

    private void ThrowOutside(long position, long length)
    {
        ThrowIfDisposed();
        throw new ArgumentOutOfRangeException(
            nameof(position), $"{length} bytes at position {position} do not lie within the area '{Name}' of {_wholeSize} bytes.");
    }
}
