namespace Multiprocessing;

/// <summary>The oldest message of a ring, taken by this handle and not gone yet. Read <see cref="Value"/>, then <see cref="Advance"/>.</summary>
/// <typeparam name="T">What the ring holds.</typeparam>
public readonly unsafe ref struct RingMessage<T>
    where T : unmanaged
{
    private readonly SharedRing<T>? _ring;
    private readonly T* _value;
    private readonly ulong* _slot;
    private readonly ulong _seen;

    internal RingMessage(SharedRing<T> ring, T* value, ulong* slot, ulong seen, bool isRedelivered)
    {
        _ring = ring;
        _value = value;
        _slot = slot;
        _seen = seen;
        IsRedelivered = isRedelivered;
    }

    /// <summary>The message. Valid until it is advanced over or disposed.</summary>
    public ref readonly T Value => ref *_value;

    /// <summary>Whether somebody had it before and died, or gave it back.</summary>
    public bool IsRedelivered { get; }

    /// <summary>Removes it.</summary>
    /// <exception cref="InvalidOperationException">It is removed or given back already, or there was none.</exception>
    public void Advance() => (_ring ?? throw new InvalidOperationException("There was no message.")).Advance(_slot, _seen);

    /// <summary>Gives it back, if it is not advanced over: another consumer may get it.</summary>
    public void Dispose() => _ring?.GiveBack(_slot, _seen);
}
