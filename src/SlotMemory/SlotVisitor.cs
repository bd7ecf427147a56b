namespace Multiprocessing;

/// <summary>Is shown a slot by <see cref="SlotMemory.ForEach"/>.</summary>
/// <param name="index">Its number.</param>
/// <param name="slot">Its bytes, in place.</param>
/// <returns>Whether to go on.</returns>
public delegate bool SlotVisitor(int index, Span<byte> slot);

/// <summary>Is shown a slot, to read, by <see cref="SlotMemory.ForEachReadOnly"/>.</summary>
/// <param name="index">Its number.</param>
/// <param name="slot">Its bytes, in place.</param>
/// <returns>Whether to go on.</returns>
public delegate bool ReadOnlySlotVisitor(int index, ReadOnlySpan<byte> slot);

/// <summary>Is shown a slot by <see cref="SlotMemory{T}.ForEach"/>.</summary>
/// <typeparam name="T">What a slot holds.</typeparam>
/// <param name="index">Its number.</param>
/// <param name="value">What it holds, in place.</param>
/// <returns>Whether to go on.</returns>
public delegate bool SlotVisitor<T>(int index, ref T value)
    where T : unmanaged;
