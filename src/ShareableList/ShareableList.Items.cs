using System.Numerics;
using System.Runtime.CompilerServices;

namespace Multiprocessing;

/// <content>Items of any type: the indexer, and the generic forms.</content>
public sealed unsafe partial class ShareableList
{
    private static readonly object True = true;
    private static readonly object False = false;

    /// <summary>
    /// Reads an item as <c>null</c>, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/> or
    /// <c>byte[]</c>, or assigns it any value that a list holds.
    /// </summary>
    /// <param name="index">From -<see cref="Count"/>, which is the first, to <see cref="Count"/> - 1, which is the last.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item; or the value is an integer of more than 64 bits.</exception>
    /// <exception cref="ArgumentException">
    /// The value exceeds the slot, is of a type that no list holds, or is a string with a lone surrogate.
    /// </exception>
    /// <exception cref="InvalidDataException">It is not a valid item: what was found and where.</exception>
    /// <exception cref="NotSupportedException">It is assigned, but the list is attached read-only.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public object? this[int index]
    {
        get
        {
            Slot slot = Locate(index);
            if (slot.Holds(ItemFormat.Int, ItemCode.Plain))
            {
                return (long)slot.Word;
            }

            if (slot.Code == ItemCode.Str)
            {
                return Utf8Text.TryRead(ReadText(index, slot, ItemKind.Str), out string text) ? text : throw NotUtf8(index);
            }

            if (slot.Holds(ItemFormat.Float, ItemCode.Plain))
            {
                return BitConverter.UInt64BitsToDouble(slot.Word);
            }

            if (slot.Holds(ItemFormat.Bool, ItemCode.Plain))
            {
                return slot.Flag ? True : False;
            }

            if (slot.Holds(ItemFormat.None, ItemCode.None))
            {
                return null;
            }

            return slot.Code == ItemCode.Bytes ? ReadText(index, slot, ItemKind.Bytes).ToArray() : throw NoItem(index, slot);
        }

        set
        {
            switch (value)
            {
                case null:
                    SetNull(index);
                    break;
                case int number:
                    SetInt64(index, number);
                    break;
                case long number:
                    SetInt64(index, number);
                    break;
                case double number:
                    SetDouble(index, number);
                    break;
                case bool flag:
                    SetBoolean(index, flag);
                    break;
                case string text:
                    SetString(index, text);
                    break;
                case byte[] bytes:
                    SetBytes(index, bytes);
                    break;
                default:
                    Assign(index, ItemValue.From(Checked(index, value), nameof(value)));
                    break;
            }
        }
    }

    /// <summary>Reads an item as <typeparamref name="T"/>, without a box.</summary>
    /// <typeparam name="T">
    /// For an int any integer type; for a float <see cref="double"/>, <see cref="float"/> or <see cref="Half"/> (the nearest);
    /// <see cref="bool"/>; <see cref="string"/>; <c>byte[]</c>, <see cref="ReadOnlyMemory{T}"/> of bytes; <see cref="object"/> for
    /// any; and <c>long?</c>, <c>int?</c>, <c>double?</c>, <c>bool?</c>, which are null for None.
    /// </typeparam>
    /// <param name="index">As in <see cref="this[int]"/>.</param>
    /// <exception cref="OverflowException">It is an int that does not fit <typeparamref name="T"/>.</exception>
    /// <exception cref="InvalidCastException">It is something else; the message says what.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    /// <exception cref="InvalidDataException">It is not a valid item: what was found and where.</exception>
    /// <exception cref="ObjectDisposedException">The list is disposed.</exception>
    public T Get<T>(int index)
    {
        if (typeof(T) == typeof(long))
        {
            return As<long, T>(GetInt64(index));
        }

        if (typeof(T) == typeof(double))
        {
            return As<double, T>(GetDouble(index));
        }

        if (typeof(T) == typeof(bool))
        {
            return As<bool, T>(GetBoolean(index));
        }

        if (typeof(T) == typeof(int))
        {
            return Narrow<int, T>(index);
        }

        if (typeof(T) == typeof(string))
        {
            return (T)(object)GetString(index);
        }

        return typeof(T) == typeof(byte[]) ? (T)(object)GetBytes(index) : GetRare<T>(index);
    }

    /// <summary>Assigns an item, without a box for the types that <see cref="Get{T}"/> reads without one.</summary>
    /// <inheritdoc cref="this[int]" path="/exception"/>
    public void Set<T>(int index, T value)
    {
        if (typeof(T) == typeof(long))
        {
            SetInt64(index, As<T, long>(value));
        }
        else if (typeof(T) == typeof(int))
        {
            SetInt64(index, As<T, int>(value));
        }
        else if (typeof(T) == typeof(double))
        {
            SetDouble(index, As<T, double>(value));
        }
        else if (typeof(T) == typeof(bool))
        {
            SetBoolean(index, As<T, bool>(value));
        }
        else if (typeof(T) == typeof(float))
        {
            SetDouble(index, As<T, float>(value));
        }
        else
        {
            this[index] = value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TTo As<TFrom, TTo>(TFrom value) => Unsafe.As<TFrom, TTo>(ref value);

    private T Narrow<TInteger, T>(int index)
        where TInteger : struct, IBinaryInteger<TInteger> => As<TInteger, T>(TInteger.CreateChecked(GetInt64(index)));

    private T GetRare<T>(int index)
    {
        if (typeof(T) == typeof(sbyte))
        {
            return Narrow<sbyte, T>(index);
        }

        if (typeof(T) == typeof(byte))
        {
            return Narrow<byte, T>(index);
        }

        if (typeof(T) == typeof(short))
        {
            return Narrow<short, T>(index);
        }

        if (typeof(T) == typeof(ushort))
        {
            return Narrow<ushort, T>(index);
        }

        if (typeof(T) == typeof(uint))
        {
            return Narrow<uint, T>(index);
        }

        if (typeof(T) == typeof(ulong))
        {
            return Narrow<ulong, T>(index);
        }

        if (typeof(T) == typeof(nint))
        {
            return Narrow<nint, T>(index);
        }

        if (typeof(T) == typeof(nuint))
        {
            return Narrow<nuint, T>(index);
        }

        if (typeof(T) == typeof(Int128))
        {
            return Narrow<Int128, T>(index);
        }

        if (typeof(T) == typeof(UInt128))
        {
            return Narrow<UInt128, T>(index);
        }

        if (typeof(T) == typeof(BigInteger))
        {
            return Narrow<BigInteger, T>(index);
        }

        if (typeof(T) == typeof(float))
        {
            return As<float, T>((float)GetDouble(index));
        }

        if (typeof(T) == typeof(Half))
        {
            return As<Half, T>((Half)GetDouble(index));
        }

        if (typeof(T) == typeof(ReadOnlyMemory<byte>))
        {
            return As<ReadOnlyMemory<byte>, T>(GetBytes(index));
        }

        if (typeof(T) == typeof(int?))
        {
            return As<int?, T>(IsNull(index) ? null : Get<int>(index));
        }

        object? item = this[index];
        return item switch
        {
            T value => value,
            null when typeof(T) == typeof(object) || Nullable.GetUnderlyingType(typeof(T)) is not null => default!,
            _ => throw new InvalidCastException(
                $"Item {index} of the list '{Name}' is {Describe(KindOf(index, Locate(index)))} and not a {typeof(T)}."),
        };
    }

    /// <summary>The index and the mapping are looked at before the value is: a bad index is what the caller hears of first.</summary>
    private object Checked(int index, object value)
    {
        LocateToWrite(index);
        return value;
    }

    private void Assign(int index, ItemValue value)
    {
        switch (value.Kind)
        {
            case ItemKind.Int:
                SetInt64(index, value.Bits);
                break;
            case ItemKind.Float:
                SetDouble(index, BitConverter.Int64BitsToDouble(value.Bits));
                break;
            case ItemKind.Bool:
                SetBoolean(index, value.Bits != 0);
                break;
            default:
                SetBytes(index, value.Bytes);
                break;
        }
    }
}
