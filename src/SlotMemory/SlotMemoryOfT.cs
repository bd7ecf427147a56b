using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>A table of slots that hold one <typeparamref name="T"/> each: <see cref="SlotMemory"/> with the bytes as what they mean.</summary>
/// <typeparam name="T">What a slot holds. All processes must agree on its layout, as they do on a struct of C.</typeparam>
public sealed unsafe class SlotMemory<T> : ISharedStructure
    where T : unmanaged
{
    private SlotMemory(SlotMemory table)
    {
        if (table.SlotSize != sizeof(T))
        {
            table.Dispose();
            throw new InvalidDataException($"'{table.Name}' has slots of {table.SlotSize} bytes; a {typeof(T)} has {sizeof(T)}.");
        }

        Table = table;
    }

    /// <summary>The table itself, with all that does not depend on what a slot holds.</summary>
    public SlotMemory Table { get; }

    string ISharedStructure.Kind => SlotLayout.Kind;

    /// <inheritdoc cref="SlotMemory.Name"/>
    public string Name => Table.Name;

    /// <inheritdoc cref="SlotMemory.Block"/>
    public SharedMemory Block => Table.Block;

    /// <inheritdoc cref="SlotMemory.Count"/>
    public int Count => Table.Count;

    /// <inheritdoc cref="SlotMemory.FreeCount"/>
    public int FreeCount => Table.FreeCount;

    /// <summary>What a slot holds, in place, whether it is in use or not (dptr). Not to be used after <see cref="Dispose"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="NotSupportedException">The table is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.AsRef<T>(Table.Pointer(index));
    }

#pragma warning disable CA1000 // SlotMemory<Worker>.Create reads as it should; all containers begin so.
    /// <summary>Makes a new table in a block of its own.</summary>
    /// <inheritdoc cref="SlotMemory.Create"/>
    public static SlotMemory<T> Create(string? name, int slotCount, SlotMemoryOptions? options = null) =>
        new(SlotMemory.Create(name, sizeof(T), slotCount, options));

    /// <inheritdoc cref="SlotMemory.CreateOrAttach"/>
    public static SlotMemory<T> CreateOrAttach(string name, int slotCount, SlotMemoryOptions? options = null) =>
        new(SlotMemory.CreateOrAttach(name, sizeof(T), slotCount, options));

    /// <exception cref="InvalidDataException">It is no table of slots, or its slots have another size than a <typeparamref name="T"/>.</exception>
    /// <inheritdoc cref="SlotMemory.Attach"/>
    public static SlotMemory<T> Attach(string name, bool readOnly = false) => new(SlotMemory.Attach(name, readOnly));
#pragma warning restore CA1000

    /// <summary>What a slot holds (get).</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="InvalidOperationException">The table is <see cref="SlotMemory.IsPreGrab"/>, and the slot is free.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Get(int index)
    {
        Unsafe.SkipInit(out T value);
        Table.Get(index, new Span<byte>(&value, sizeof(T)));
        return value;
    }

    /// <summary>Writes a slot (put). See <see cref="SlotMemory.Put"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    /// <exception cref="InvalidOperationException">The table is <see cref="SlotMemory.IsPreGrab"/>, and the slot is free.</exception>
    /// <exception cref="NotSupportedException">The table is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(int index, T value) => Table.Put(index, new ReadOnlySpan<byte>(&value, sizeof(T)));

    /// <summary>Shows all slots, in their order; with <see cref="SlotMemory.IsPreGrab"/> those in use only (doall).</summary>
    /// <param name="visitor">Is shown what they hold, and may change it, until it says to stop.</param>
    /// <returns>Whether it was shown all; false if it said to stop.</returns>
    /// <exception cref="NotSupportedException">The table is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The table is disposed.</exception>
    public bool ForEach(SlotVisitor<T> visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        return Table.ForEach((index, _) => visitor(index, ref this[index]));
    }

    /// <inheritdoc cref="SlotMemory.IsInUse"/>
    public bool IsInUse(int index) => Table.IsInUse(index);

    /// <inheritdoc cref="SlotMemory.Grab()"/>
    public int Grab() => Table.Grab();

    /// <inheritdoc cref="SlotMemory.Grab(int)"/>
    public bool Grab(int index) => Table.Grab(index);

    /// <inheritdoc cref="SlotMemory.TryGrab"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGrab(out int index) => Table.TryGrab(out index);

    /// <inheritdoc cref="SlotMemory.Release"/>
    public bool Release(int index) => Table.Release(index);

    /// <inheritdoc cref="SlotMemory.ReleaseDead()"/>
    public int ReleaseDead() => Table.ReleaseDead();

    /// <inheritdoc cref="SlotMemory.Save"/>
    public void Save() => Table.Save();

    /// <inheritdoc cref="SlotMemory.Unlink"/>
    public void Unlink() => Table.Unlink();

    /// <inheritdoc cref="SlotMemory.Dispose"/>
    public void Dispose() => Table.Dispose();

    /// <inheritdoc/>
    public override string ToString() => Table.ToString();
}
