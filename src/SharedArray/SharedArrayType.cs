using System.Numerics;

namespace Multiprocessing;

/// <summary>What the elements of an array are: numpy's dtype, as far as the footer of an array tells it.</summary>
/// <remarks>
/// The byte order is the machine's. What the footer does not know is lost, here as in Python: the units of dates, the fields of records (which become
/// raw bytes of the same size), a foreign byte order. Object arrays, which hold pointers into one process, are refused.
/// </remarks>
public readonly partial record struct SharedArrayType
{
    /// <summary>The largest numpy has: x86's long double, padded to 16 bytes.</summary>
    internal const int MostNumberBytes = 16;

    private readonly int _itemSizeLessOne;

    private SharedArrayType(SharedArrayKind kind, int itemSize)
    {
        Kind = kind;
        _itemSizeLessOne = itemSize - 1;
    }

    /// <summary>What an element is, its size aside.</summary>
    public SharedArrayKind Kind { get; }

    /// <summary>The size of an element in bytes, at least 1.</summary>
    public int ItemSize => _itemSizeLessOne + 1;

    /// <summary><see cref="bool"/>.</summary>
    public static SharedArrayType Boolean => new(SharedArrayKind.Boolean, 1);

    /// <summary><see cref="sbyte"/>.</summary>
    public static SharedArrayType Int8 => new(SharedArrayKind.SignedInteger, 1);

    /// <summary><see cref="short"/>.</summary>
    public static SharedArrayType Int16 => new(SharedArrayKind.SignedInteger, 2);

    /// <summary><see cref="int"/>.</summary>
    public static SharedArrayType Int32 => new(SharedArrayKind.SignedInteger, 4);

    /// <summary><see cref="long"/>.</summary>
    public static SharedArrayType Int64 => new(SharedArrayKind.SignedInteger, 8);

    /// <summary><see cref="byte"/>.</summary>
    public static SharedArrayType UInt8 => new(SharedArrayKind.UnsignedInteger, 1);

    /// <summary><see cref="ushort"/>.</summary>
    public static SharedArrayType UInt16 => new(SharedArrayKind.UnsignedInteger, 2);

    /// <summary><see cref="uint"/>.</summary>
    public static SharedArrayType UInt32 => new(SharedArrayKind.UnsignedInteger, 4);

    /// <summary><see cref="ulong"/>.</summary>
    public static SharedArrayType UInt64 => new(SharedArrayKind.UnsignedInteger, 8);

    /// <summary><see cref="Half"/>.</summary>
    public static SharedArrayType Float16 => new(SharedArrayKind.Float, 2);

    /// <summary><see cref="float"/>.</summary>
    public static SharedArrayType Float32 => new(SharedArrayKind.Float, 4);

    /// <summary><see cref="double"/>.</summary>
    public static SharedArrayType Float64 => new(SharedArrayKind.Float, 8);

    /// <summary><see cref="Multiprocessing.Complex64"/>: two floats.</summary>
    public static SharedArrayType Complex64 => new(SharedArrayKind.Complex, 8);

    /// <summary><see cref="Complex"/>: two doubles.</summary>
    public static SharedArrayType Complex128 => new(SharedArrayKind.Complex, 16);

    /// <summary>numpy's <c>S<paramref name="length"/></c>: so many bytes, filled up with NULs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    public static SharedArrayType Bytes(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        return new SharedArrayType(SharedArrayKind.Bytes, length);
    }

    /// <summary>numpy's <c>U<paramref name="length"/></c>: so many characters of 4 bytes each (UTF-32), filled up with NULs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive, or past what an item can be.</exception>
    public static SharedArrayType Unicode(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, int.MaxValue / sizeof(uint));
        return new SharedArrayType(SharedArrayKind.Unicode, length * sizeof(uint));
    }

    /// <summary>numpy's <c>V<paramref name="length"/></c>: so many raw bytes, which is also what a record is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive.</exception>
    public static SharedArrayType Raw(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        return new SharedArrayType(SharedArrayKind.Raw, length);
    }

    /// <summary>
    /// The type of <typeparamref name="T"/>: that of its name for a number, that of the number beneath for an enum, and <see cref="Raw"/> of its size
    /// for any other struct.
    /// </summary>
    /// <exception cref="NotSupportedException">numpy has nothing like <typeparamref name="T"/> (<see cref="char"/>: take <see cref="ushort"/>).</exception>
    public static SharedArrayType Of<T>()
        where T : unmanaged => ElementTypeOf<T>.Value;

    /// <summary>numpy's name: <c>float64</c>, <c>S10</c>, <c>U3</c>, <c>V8</c>.</summary>
    public override string ToString() => Kind switch
    {
        SharedArrayKind.Boolean => "bool",
        SharedArrayKind.SignedInteger => $"int{8 * ItemSize}",
        SharedArrayKind.UnsignedInteger => $"uint{8 * ItemSize}",
        SharedArrayKind.Float => $"float{8 * ItemSize}",
        SharedArrayKind.Complex => $"complex{8 * ItemSize}",
        SharedArrayKind.Bytes => $"S{ItemSize}",
        SharedArrayKind.Unicode => $"U{ItemSize / sizeof(uint)}",
        SharedArrayKind.DateTime => "datetime64",
        SharedArrayKind.TimeSpan => "timedelta64",
        _ => $"V{ItemSize}",
    };

    /// <summary>Whether elements of this type may be taken for values of <typeparamref name="T"/>: the same number, or raw bytes of its size.</summary>
    internal bool IsReadableAs<T>()
        where T : unmanaged
    {
        SharedArrayType wanted = Of<T>();
        return wanted == this || (ItemSize == wanted.ItemSize && (Kind >= SharedArrayKind.Bytes || (wanted.Kind == SharedArrayKind.Raw && !HasOwnType)));
    }

    /// <summary>Whether there is a .NET type for exactly this.</summary>
    private bool HasOwnType => Kind switch
    {
        SharedArrayKind.Float => ItemSize <= sizeof(double),
        SharedArrayKind.Complex => ItemSize <= 2 * sizeof(double),
        _ => Kind < SharedArrayKind.Bytes,
    };
}
