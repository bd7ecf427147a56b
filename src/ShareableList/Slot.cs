using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <summary>
/// One item in the mapped block: where it stands, checked to lie within the list. Everything that it points to may change at any
/// moment, so the format and the code are read once, here, and a decision is made on what was read.
/// </summary>
internal readonly unsafe ref struct Slot
{
    private readonly byte* _format;
    private readonly byte* _code;

    internal Slot(byte* data, long size, byte* format, byte* code)
    {
        Data = data;
        Size = size;
        _format = format;
        _code = code;
        Format = Unsafe.ReadUnaligned<ulong>(format);

        // Who sees a new format also sees the code and the value, which were written before it.
        Volatile.ReadBarrier();
        Code = *code;
    }

    internal byte* Data { get; }

    internal long Size { get; }

    internal ulong Format { get; }

    internal byte Code { get; }

    /// <summary>The 8 bytes of an int, a float, a bool or None.</summary>
    internal ulong Word
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Unsafe.ReadUnaligned<ulong>(Data);
    }

    /// <summary>The flag of a bool is the last of its 8 bytes.</summary>
    internal bool Flag => Data[ListLayout.SmallSlot - 1] != 0;

    /// <summary>Whether it is of that kind already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Is(ulong format, byte code) => Format == format && Code == code;

    /// <summary>Whether it is of that kind, and has the 8 bytes that one has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Holds(ulong format, byte code) => Is(format, code) && Size >= ListLayout.SmallSlot;

    /// <summary>Writes the 8 bytes of an item of that kind. The slot has room for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Write(ulong format, byte code, ulong word)
    {
        if (Is(format, code))
        {
            Unsafe.WriteUnaligned(Data, word);
        }
        else
        {
            WriteChanged(format, code, word);
        }
    }

    /// <summary>
    /// Says that the kind changes; to be called before the first byte of the new value is written. Who dies between this and
    /// <see cref="EndChange"/> leaves an item that nobody mistakes for a value, and that the next assignment heals.
    /// </summary>
    internal void BeginChange()
    {
        Unsafe.WriteUnaligned(_format, ItemFormat.Changing);
        Volatile.WriteBarrier();
    }

    /// <summary>The new kind, when its value is there.</summary>
    internal void EndChange(ulong format, byte code)
    {
        *_code = code;
        Volatile.WriteBarrier();
        Unsafe.WriteUnaligned(_format, format);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteChanged(ulong format, byte code, ulong word)
    {
        BeginChange();
        Unsafe.WriteUnaligned(Data, word);
        EndChange(format, code);
    }
}
