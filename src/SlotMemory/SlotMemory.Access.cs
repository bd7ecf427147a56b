using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>The contents of slots: doall, dptr, get and put.</content>
public sealed unsafe partial class SlotMemory
{
    /// <summary>The bytes of a slot, in place, whether it is in use or not (dptr). Not to be used after <see cref="Dispose"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="NotSupportedException">The table is attached read-only: see <see cref="ReadOnlySlot"/>.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public Span<byte> Slot(int index) => new(Locate(WritableStart, index), _slotSize);

    /// <summary>The bytes of a slot, in place, to read. See <see cref="Slot"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public ReadOnlySpan<byte> ReadOnlySlot(int index) => new(Locate(Block.Start, index), _slotSize);

    /// <summary>Copies the beginning of a slot (get).</summary>
    /// <param name="index">Which slot.</param>
    /// <param name="destination">Where to; its length says how many bytes, at most <see cref="SlotSize"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="ArgumentException">The destination is longer than a slot.</exception>
    /// <exception cref="InvalidOperationException">The table is <see cref="IsPreGrab"/>, and the slot is free.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Get(int index, Span<byte> destination)
    {
        byte* start = Block.Start;
        byte* slot = Locate(start, index);
        if (destination.Length > _slotSize)
        {
            ThrowTooLong(nameof(destination), destination.Length);
        }

        if (*Owner(start, index) == SlotOwner.None && _isPreGrab)
        {
            ThrowNotInUse(index);
        }

        new ReadOnlySpan<byte>(slot, destination.Length).CopyTo(destination);
    }

    /// <summary>
    /// Copies to the beginning of a slot; the rest stays as it is (put). A free slot of a table that is not <see cref="IsPreGrab"/> is in use afterwards, and nobody's:
    /// no death gives it back.
    /// </summary>
    /// <param name="index">Which slot.</param>
    /// <param name="source">What; at most <see cref="SlotSize"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="ArgumentException">The source is longer than a slot.</exception>
    /// <exception cref="InvalidOperationException">The table is <see cref="IsPreGrab"/>, and the slot is free.</exception>
    /// <exception cref="NotSupportedException">The table is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(int index, ReadOnlySpan<byte> source)
    {
        byte* start = WritableStart;
        byte* slot = Locate(start, index);
        if (source.Length > _slotSize)
        {
            ThrowTooLong(nameof(source), source.Length);
        }

        if (*Owner(start, index) == SlotOwner.None)
        {
            MarkInUse(start, index);
        }

        source.CopyTo(new Span<byte>(slot, source.Length));
    }

    /// <summary>Shows all slots, in their order; with <see cref="IsPreGrab"/> those in use only (doall).</summary>
    /// <param name="visitor">Is shown the slots, and may write to them, until it says to stop.</param>
    /// <returns>Whether it was shown all; false if it said to stop.</returns>
    /// <exception cref="NotSupportedException">The table is attached read-only: see <see cref="ForEachReadOnly"/>.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public bool ForEach(SlotVisitor visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        for (int i = 0; i < _count; i++)
        {
            // Asked for each: a visitor may dispose the table.
            byte* start = WritableStart;
            if (IsVisited(start, i) && !visitor(i, new Span<byte>(Locate(start, i), _slotSize)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>As <see cref="ForEach"/>, to read.</summary>
    /// <param name="visitor">Is shown the slots until it says to stop.</param>
    /// <returns>Whether it was shown all; false if it said to stop.</returns>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public bool ForEachReadOnly(ReadOnlySlotVisitor visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        for (int i = 0; i < _count; i++)
        {
            byte* start = Block.Start;
            if (IsVisited(start, i) && !visitor(i, new ReadOnlySpan<byte>(Locate(start, i), _slotSize)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Where a slot is, for the typed view, which knows its size.</summary>
    internal byte* Pointer(int index) => Locate(WritableStart, index);

    private bool IsVisited(byte* start, int index) => !_isPreGrab || Volatile.Read(ref *Owner(start, index)) != SlotOwner.None;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Locate(byte* start, int index)
    {
        if ((uint)index >= (uint)_count)
        {
            ThrowNoSuchSlot(index);
        }

        return start + _slotsAt + (index * _stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong* Owner(byte* start, int index) => (ulong*)(start + _ownersAt) + index;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MarkInUse(byte* start, int index)
    {
        if (_isPreGrab)
        {
            ThrowNotInUse(index);
        }

        Interlocked.CompareExchange(ref *Owner(start, index), SlotOwner.Marked, SlotOwner.None);
    }

    [DoesNotReturn]
    private void ThrowNotInUse(int index) =>
        throw new InvalidOperationException($"Slot {index} of '{Name}' is free: grab it first.");

    [DoesNotReturn]
    private void ThrowTooLong(string parameter, int length) =>
        throw new ArgumentException($"A slot of '{Name}' has {_slotSize} bytes, not {length}.", parameter);
}
