using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>The bytes of a block, and values in them, each look checked.</content>
public sealed unsafe partial class SharedMemory
{
    /// <summary>All bytes of the block.</summary>
    /// <exception cref="ObjectDisposedException">The block is disposed.</exception>
    /// <exception cref="NotSupportedException">The block is attached read-only.</exception>
    /// <exception cref="InvalidOperationException">The block is larger than a span can be; take parts with <see cref="AsSpan{T}"/>.</exception>
    public Span<byte> Span
    {
        get
        {
            return new Span<byte>(WritableStart, SpanLength());
        }
    }

    /// <summary>All bytes of the block, to read.</summary>
    /// <inheritdoc cref="Span"/>
    public ReadOnlySpan<byte> ReadOnlySpan
    {
        get
        {
            return new ReadOnlySpan<byte>(Start, SpanLength());
        }
    }

    /// <summary>
    /// The block as <see cref="Memory{T}"/>, which may be kept and passed on: after <see cref="Dispose"/> its span throws, and a
    /// pinned handle keeps the bytes mapped until it is disposed.
    /// </summary>
    /// <inheritdoc cref="Span"/>
    public Memory<byte> Memory
    {
        get
        {
            _ = WritableStart;
            return MemoryManager().Memory;
        }
    }

    /// <summary>The block as <see cref="ReadOnlyMemory{T}"/>. See <see cref="Memory"/>.</summary>
    /// <inheritdoc cref="Span"/>
    public ReadOnlyMemory<byte> ReadOnlyMemory
    {
        get
        {
            ThrowIfDisposed();
            return MemoryManager().Memory;
        }
    }

    /// <summary>Where the block begins in this process: for native code, and for blocks past 2 GiB. Valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="ObjectDisposedException">The block is disposed.</exception>
    public nint Address => (nint)Start;

    /// <summary>A part of the block as values of <typeparamref name="T"/>, to read and write.</summary>
    /// <param name="byteOffset">Where it begins, in bytes.</param>
    /// <param name="length">How many values; null for as many as there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within the block.</exception>
    /// <inheritdoc cref="Span"/>
    public Span<T> AsSpan<T>(long byteOffset = 0, int? length = null)
        where T : unmanaged
    {
        byte* start = WritableStart;
        return new Span<T>(start + byteOffset, CheckedLength<T>(byteOffset, length));
    }

    /// <summary>A part of the block as values of <typeparamref name="T"/>, to read. See <see cref="AsSpan{T}"/>.</summary>
    /// <inheritdoc cref="AsSpan{T}"/>
    public ReadOnlySpan<T> AsReadOnlySpan<T>(long byteOffset = 0, int? length = null)
        where T : unmanaged
    {
        byte* start = Start;
        return new ReadOnlySpan<T>(start + byteOffset, CheckedLength<T>(byteOffset, length));
    }

    /// <summary>The value of <typeparamref name="T"/> at an offset, by reference: for counters, flags, and blocks past 2 GiB.</summary>
    /// <param name="byteOffset">Where it is, in bytes. Aligned to its size if others use it at the same time.</param>
    /// <exception cref="ArgumentOutOfRangeException">It does not lie within the block.</exception>
    /// <inheritdoc cref="Span"/>
    public ref T GetReference<T>(long byteOffset)
        where T : unmanaged => ref At<T>(WritableStart, byteOffset);

    /// <summary>The value of <typeparamref name="T"/> at an offset, by reference, to read. See <see cref="GetReference{T}"/>.</summary>
    /// <inheritdoc cref="GetReference{T}"/>
    public ref readonly T GetReadOnlyReference<T>(long byteOffset)
        where T : unmanaged => ref At<T>(Start, byteOffset);

    private byte* WritableStart
    {
        get
        {
            byte* start = Start;
            return _mapping.IsReadOnly ? throw new NotSupportedException($"The block '{Name}' is attached read-only.") : start;
        }
    }

    private int SpanLength() =>
        _mapping.Size <= int.MaxValue
            ? (int)_mapping.Size
            : throw new InvalidOperationException(
                $"The block '{Name}' has {Size} bytes, more than one span can hold: take parts of it with AsSpan, or its Address.");

    private int CheckedLength<T>(long byteOffset, int? length)
        where T : unmanaged
    {
        if ((ulong)byteOffset > (ulong)_mapping.Size)
        {
            throw OutOfRange(nameof(byteOffset), byteOffset, 0);
        }

        long most = (_mapping.Size - byteOffset) / sizeof(T);
        if (length is int asked)
        {
            return asked >= 0 && asked <= most ? asked : throw OutOfRange(nameof(length), byteOffset, (long)asked * sizeof(T));
        }

        return most <= int.MaxValue
            ? (int)most
            : throw new InvalidOperationException($"The rest of '{Name}' is more than one span can hold: say how many values.");
    }

    private ref T At<T>(byte* start, long byteOffset)
        where T : unmanaged
    {
        if (byteOffset < 0 || byteOffset > _mapping.Size - sizeof(T))
        {
            throw OutOfRange(nameof(byteOffset), byteOffset, sizeof(T));
        }

        return ref Unsafe.AsRef<T>(start + byteOffset);
    }

    private ArgumentOutOfRangeException OutOfRange(string parameter, long byteOffset, long bytes) =>
        new(parameter, $"{bytes} bytes at offset {byteOffset} do not lie within the block '{Name}' of {Size} bytes.");

    private BlockMemoryManager MemoryManager()
    {
        SpanLength();
        return _memory ??= new BlockMemoryManager(this, _mapping);
    }
}
