namespace Multiprocessing;

/// <summary>A place in a ring that is claimed and not a message yet. Write <see cref="Value"/>, then <see cref="Commit"/>.</summary>
/// <typeparam name="T">What the ring holds.</typeparam>
public readonly unsafe ref struct RingReservation<T>
    where T : unmanaged
{
    private readonly SharedRing<T>? _ring;
    private readonly T* _value;
    private readonly ulong* _slot;
    private readonly ulong _seen;

    internal RingReservation(SharedRing<T> ring, T* value, ulong* slot, ulong seen)
    {
        _ring = ring;
        _value = value;
        _slot = slot;
        _seen = seen;
    }

    /// <summary>The place; it holds what was there before. Valid until it is committed or disposed.</summary>
    public ref T Value => ref *_value;

    /// <summary>Makes it a message.</summary>
    /// <exception cref="InvalidOperationException">It is one already, or there was no room.</exception>
    public void Commit() => (_ring ?? throw new InvalidOperationException("There was no room: nothing is reserved.")).Commit(_slot, _seen);

    /// <summary>Gives it up, if it is not committed.</summary>
    public void Dispose() => _ring?.GiveUp(_slot, _seen);
}
