using System.Numerics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>How values of up to 8 bytes are read and changed.</content>
/// <remarks>All of it compiles to the size of T; the ways that are seldom taken are in calls of their own.</remarks>
public sealed unsafe partial class SharedArea
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T ReadValue<T>(long position)
        where T : unmanaged
    {
        byte* at = At(position, sizeof(T));
        if (IsAligned<T>(at))
        {
            // Not between two looks at the epoch that differ: that would be within somebody's lock.
            uint epoch = Volatile.Read(ref *(uint*)(_words + AreaControl.EpochOffset));
            T value = Load<T>(at);
            Volatile.ReadBarrier();
            if ((epoch & 1) == 0 && Volatile.Read(ref *(uint*)(_words + AreaControl.EpochOffset)) == epoch)
            {
                return value;
            }
        }

        return ReadValueSlowly<T>(at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteValue<T>(long position, T value)
        where T : unmanaged
    {
        byte* at = At(position, sizeof(T));
        if (IsAligned<T>(at))
        {
            ulong* slot = Slot();
            if (slot != null && TryBegin(slot, out ulong count))
            {
                Store(at, value);
                End(slot, count);
                return;
            }
        }

        WriteValueSlowly(at, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T AddValue<T>(long position, T amount)
        where T : unmanaged, IBinaryInteger<T>
    {
        byte* at = At(position, sizeof(T));
        if (IsAligned<T>(at))
        {
            ulong* slot = Slot();
            if (slot != null && TryBegin(slot, out ulong count))
            {
                T sum = AddAtOnce(at, amount);
                End(slot, count);
                return sum;
            }
        }

        return AddValueSlowly(at, amount);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T ExchangeValue<T>(long position, T value, T comparand)
        where T : unmanaged, IBinaryInteger<T>
    {
        byte* at = At(position, sizeof(T));
        if (IsAligned<T>(at))
        {
            ulong* slot = Slot();
            if (slot != null && TryBegin(slot, out ulong count))
            {
                T seen = ExchangeAtOnce(at, value, comparand);
                if (seen == comparand)
                {
                    End(slot, count);
                }
                else
                {
                    Volatile.Write(ref *slot, count);
                }

                return seen;
            }
        }

        return ExchangeValueSlowly(at, value, comparand);
    }

    private T ReadValueSlowly<T>(byte* at)
        where T : unmanaged
    {
        T value;
        if (!IsAligned<T>(at))
        {
            ReadBytes(at, new Span<byte>(&value, sizeof(T)));
            return value;
        }

        var backoff = default(Backoff);
        while (!_control.IsHeld && backoff.PauseAwake())
        {
            uint epoch = Volatile.Read(ref _control.Epoch);
            value = Load<T>(at);
            Volatile.ReadBarrier();
            if ((epoch & 1) == 0 && Volatile.Read(ref _control.Epoch) == epoch)
            {
                return value;
            }
        }

        ReadBytesAlone(at, new Span<byte>(&value, sizeof(T)));
        return value;
    }

    private void WriteValueSlowly<T>(byte* at, T value)
        where T : unmanaged
    {
        if (!IsAligned<T>(at))
        {
            WriteBytes(at, new ReadOnlySpan<byte>(&value, sizeof(T)));
            return;
        }

        ulong* slot = Slot();
        var backoff = default(Backoff);
        while (slot != null && AwaitGate(ref backoff))
        {
            if (TryBegin(slot, out ulong count))
            {
                Store(at, value);
                End(slot, count);
                return;
            }
        }

        bool isHeld = EnterAlone();
        Store(at, value);
        CountUpdate();
        ExitAlone(isHeld);
    }

    private T AddValueSlowly<T>(byte* at, T amount)
        where T : unmanaged, IBinaryInteger<T>
    {
        ulong* slot = IsAligned<T>(at) ? Slot() : null;
        var backoff = default(Backoff);
        while (slot != null && AwaitGate(ref backoff))
        {
            if (TryBegin(slot, out ulong count))
            {
                T result = AddAtOnce(at, amount);
                End(slot, count);
                return result;
            }
        }

        bool isHeld = EnterAlone();
        T sum = unchecked(Unsafe.ReadUnaligned<T>(at) + amount);
        Unsafe.WriteUnaligned(at, sum);
        CountUpdate();
        ExitAlone(isHeld);
        return sum;
    }

    private T ExchangeValueSlowly<T>(byte* at, T value, T comparand)
        where T : unmanaged, IBinaryInteger<T>
    {
        // Whoever compares and exchanges tries again himself: the lock is good enough for the rest.
        bool isHeld = EnterAlone();
        T seen = Unsafe.ReadUnaligned<T>(at);
        if (seen == comparand)
        {
            Unsafe.WriteUnaligned(at, value);
            CountUpdate();
        }

        ExitAlone(isHeld);
        return seen;
    }

    /// <summary>Enters the lock to write, unless the calling thread is in it; which of the two is for <see cref="ExitAlone"/>.</summary>
    private bool EnterAlone()
    {
        bool isHeld = _control.IsWriteHeld;
        if (!isHeld)
        {
            _control.TryEnterWrite(Deadline.Never, default);
        }

        return isHeld;
    }

    private void ExitAlone(bool isHeld)
    {
        if (!isHeld)
        {
            _control.ExitWrite();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAligned<T>(byte* at)
        where T : unmanaged => ((nuint)at & (nuint)(sizeof(T) - 1)) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Load<T>(byte* at)
        where T : unmanaged
    {
        switch (sizeof(T))
        {
            case 1:
                return Unsafe.BitCast<byte, T>(Volatile.Read(ref *at));
            case 2:
                return Unsafe.BitCast<ushort, T>(Volatile.Read(ref *(ushort*)at));
            case 4:
                return Unsafe.BitCast<uint, T>(Volatile.Read(ref *(uint*)at));
            default:
                return Unsafe.BitCast<ulong, T>(Volatile.Read(ref *(ulong*)at));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(byte* at, T value)
        where T : unmanaged
    {
        switch (sizeof(T))
        {
            case 1:
                Volatile.Write(ref *at, Unsafe.BitCast<T, byte>(value));
                break;
            case 2:
                Volatile.Write(ref *(ushort*)at, Unsafe.BitCast<T, ushort>(value));
                break;
            case 4:
                Volatile.Write(ref *(uint*)at, Unsafe.BitCast<T, uint>(value));
                break;
            default:
                Volatile.Write(ref *(ulong*)at, Unsafe.BitCast<T, ulong>(value));
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T AddAtOnce<T>(byte* at, T amount)
        where T : unmanaged, IBinaryInteger<T>
    {
        switch (sizeof(T))
        {
            case 4:
                return Unsafe.BitCast<uint, T>(Interlocked.Add(ref *(uint*)at, Unsafe.BitCast<T, uint>(amount)));
            case 8:
                return Unsafe.BitCast<ulong, T>(Interlocked.Add(ref *(ulong*)at, Unsafe.BitCast<T, ulong>(amount)));
        }

        while (true)
        {
            T seen = Load<T>(at);
            T sum = unchecked(seen + amount);
            if (ExchangeAtOnce(at, sum, seen) == seen)
            {
                return sum;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T ExchangeAtOnce<T>(byte* at, T value, T comparand)
        where T : unmanaged
    {
        switch (sizeof(T))
        {
            case 1:
                return Unsafe.BitCast<byte, T>(Interlocked.CompareExchange(ref *at, Unsafe.BitCast<T, byte>(value), Unsafe.BitCast<T, byte>(comparand)));
            case 2:
                return Unsafe.BitCast<ushort, T>(
                    Interlocked.CompareExchange(ref *(ushort*)at, Unsafe.BitCast<T, ushort>(value), Unsafe.BitCast<T, ushort>(comparand)));
            case 4:
                return Unsafe.BitCast<uint, T>(
                    Interlocked.CompareExchange(ref *(uint*)at, Unsafe.BitCast<T, uint>(value), Unsafe.BitCast<T, uint>(comparand)));
            default:
                return Unsafe.BitCast<ulong, T>(
                    Interlocked.CompareExchange(ref *(ulong*)at, Unsafe.BitCast<T, ulong>(value), Unsafe.BitCast<T, ulong>(comparand)));
        }
    }
}
