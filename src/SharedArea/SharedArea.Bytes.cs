using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Multiprocessing;

/// <content>Bytes of any number.</content>
public sealed unsafe partial class SharedArea
{
    private const int TextOnStack = 512;

    /// <summary>A copy is tried so often beside those who write, and then by keeping them out.</summary>
    private const int MostAttempts = 24;

    /// <summary>Reads so many bytes.</summary>
    /// <param name="position">Where they begin, in bytes.</param>
    /// <param name="length">How many; null for all to the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie within the area, or are more than an array can hold.</exception>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public byte[] Read(long position, long? length = null)
    {
        if (length is null)
        {
            At(position, 0);
            length = _wholeSize - position;
        }

        ArgumentOutOfRangeException.ThrowIfNegative(length.Value, nameof(length));
        byte* at = At(position, length.Value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length.Value, Array.MaxLength, nameof(length));
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)length.Value);
        ReadBytes(at, bytes);
        return bytes;
    }

    /// <summary>Reads as many bytes as the destination has room for.</summary>
    /// <param name="position">Where they begin, in bytes.</param>
    /// <param name="destination">Where they go.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie within the area.</exception>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public void Read(long position, Span<byte> destination) => ReadBytes(At(position, destination.Length), destination);

    /// <summary>Writes bytes.</summary>
    /// <param name="position">Where they begin, in bytes.</param>
    /// <param name="bytes">What is written. Nothing is also an update.</param>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie within the area; nothing is written.</exception>
    /// <exception cref="LockRecursionException">The calling thread is in the lock to read.</exception>
    /// <exception cref="ObjectDisposedException">The area is disposed.</exception>
    public void Write(long position, ReadOnlySpan<byte> bytes) => WriteBytes(At(position, bytes.Length), bytes);

    /// <summary>Writes text as UTF-8, without a length or a NUL at its end.</summary>
    /// <param name="position">Where it begins, in bytes.</param>
    /// <param name="text">What is written. Half a surrogate pair becomes U+FFFD.</param>
    /// <inheritdoc cref="Write(long, ReadOnlySpan{byte})"/>
    public void Write(long position, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = most > TextOnStack ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> buffer = rented ?? stackalloc byte[TextOnStack];
        try
        {
            int length = Encoding.UTF8.GetBytes(text, buffer);
            WriteBytes(At(position, length), buffer[..length]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    /// <summary>
    /// Copies without keeping anybody out, and looks afterwards whether a larger write or a writer in the lock came between. Who finds no moment for that
    /// keeps them out.
    /// </summary>
    private void ReadBytes(byte* from, Span<byte> to)
    {
        ref uint epochWord = ref *(uint*)(_words + AreaControl.EpochOffset);
        ref ulong largerWord = ref *(ulong*)(_words + AreaControl.LargerOffset);
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            uint epoch = Volatile.Read(ref epochWord);
            ulong larger = Volatile.Read(ref largerWord);
            if ((epoch & 1) == 0 && (larger & AreaControl.LargerWriter) == 0)
            {
                new ReadOnlySpan<byte>(from, to.Length).CopyTo(to);
                Volatile.ReadBarrier();
                if (Volatile.Read(ref largerWord) == larger && Volatile.Read(ref epochWord) == epoch)
                {
                    return;
                }
            }

            if ((epoch & 1) != 0 && _control.IsHeld)
            {
                break;
            }

            Thread.SpinWait(1 << Math.Min(attempt / 2, 7));
        }

        ReadBytesAlone(from, to);
    }

    private void ReadBytesAlone(byte* from, Span<byte> to)
    {
        bool isHeld = _control.IsHeld;
        if (!isHeld)
        {
            _control.TryEnterRead(Deadline.Never, default);
        }

        new ReadOnlySpan<byte>(from, to.Length).CopyTo(to);
        if (!isHeld)
        {
            _control.ExitRead();
        }
    }

    private void WriteBytes(byte* to, ReadOnlySpan<byte> from)
    {
        ulong* slot = Slot();
        var backoff = default(Backoff);
        while (slot != null)
        {
            if (TryBeginLarger(slot, out ulong count, out ulong larger))
            {
                from.CopyTo(new Span<byte>(to, from.Length));
                Volatile.Write(ref _control.Larger, larger + AreaControl.LargerWriter + 1);
                End(slot, count);
                return;
            }

            if (!AwaitGate(ref backoff))
            {
                break;
            }
        }

        WriteBytesAlone(to, from);
    }

    private void WriteBytesAlone(byte* to, ReadOnlySpan<byte> from)
    {
        bool isHeld = _control.IsWriteHeld;
        if (!isHeld)
        {
            _control.TryEnterWrite(Deadline.Never, default);
        }

        from.CopyTo(new Span<byte>(to, from.Length));
        CountUpdate();
        if (!isHeld)
        {
            _control.ExitWrite();
        }
    }

    /// <summary>Begins a larger write, before which it waits for the one that is under way. False if somebody is in the lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryBeginLarger(ulong* slot, out ulong count, out ulong larger)
    {
        count = *slot;
        Volatile.Write(ref *slot, count + 1);
        ref ulong word = ref *(ulong*)(_words + AreaControl.LargerOffset);
        larger = Volatile.Read(ref word);

        // A full fence: who enters the lock after it sees the slot.
        if ((larger & AreaControl.LargerWriter) == 0 && Interlocked.CompareExchange(ref word, larger | ThreadSlot.Last!.Mark, larger) == larger)
        {
            if ((Volatile.Read(ref *(uint*)(_words + AreaControl.GateOffset)) & AreaControl.Locked) == 0)
            {
                return true;
            }

            Volatile.Write(ref word, larger);
            Volatile.Write(ref *slot, count);
            return false;
        }

        return TryBeginLargerSlowly(slot, count, out larger);
    }

    private bool TryBeginLargerSlowly(ulong* slot, ulong count, out ulong larger)
    {
        var backoff = default(Backoff);
        ulong mark = ThreadSlot.Last!.Mark;
        while ((Volatile.Read(ref _control.Gate) & AreaControl.Locked) == 0)
        {
            larger = Volatile.Read(ref _control.Larger);
            if ((larger & AreaControl.LargerWriter) != 0)
            {
                if (backoff.Pause())
                {
                    _control.MendLarger(larger);
                }
            }
            else if (Interlocked.CompareExchange(ref _control.Larger, larger | mark, larger) == larger)
            {
                if ((Volatile.Read(ref _control.Gate) & AreaControl.Locked) == 0)
                {
                    return true;
                }

                Volatile.Write(ref _control.Larger, larger);
            }
        }

        larger = 0;
        Volatile.Write(ref *slot, count);
        return false;
    }
}
