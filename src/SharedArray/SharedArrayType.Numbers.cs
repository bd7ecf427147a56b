using System.Runtime.InteropServices;

namespace Multiprocessing;

/// <content>
/// numpy's type numbers (<c>NPY_TYPES</c>), which is what a footer holds beside the size of an item.
/// <code>
///  0 bool     1 int8    2 uint8   3 int16  4 uint16   5 int32    6 uint32   7 C's long  8 unsigned long   9 long long  10 unsigned long long
/// 11 float   12 double 13 long double     14, 15, 16 complex of these      17 object   18 S  19 U  20 V  21 datetime64  22 timedelta64  23 float16
/// </code>
/// C's long has 8 bytes or, on Windows, 4: so int64 is 7 in one place and 9 in the other. The size tells, and both are read everywhere.
/// </content>
public readonly partial record struct SharedArrayType
{
    private const int BooleanNumber = 0;
    private const int LongNumber = 7;
    private const int LongLongNumber = 9;
    private const int FloatNumber = 11;
    private const int DoubleNumber = 12;
    private const int LongDoubleNumber = 13;
    private const int ComplexFromFloat = 3;
    private const int BytesNumber = 18;
    private const int UnicodeNumber = 19;
    private const int RawNumber = 20;
    private const int DateTimeNumber = 21;
    private const int TimeSpanNumber = 22;
    private const int HalfNumber = 23;

    internal const int ObjectNumber = 17;

    /// <summary>The number that this machine's numpy gives it.</summary>
    internal int TypeNumber => Kind switch
    {
        SharedArrayKind.Boolean => BooleanNumber,
        SharedArrayKind.SignedInteger => IntegerNumber,
        SharedArrayKind.UnsignedInteger => IntegerNumber + 1,
        SharedArrayKind.Float => RealNumber(ItemSize),
        SharedArrayKind.Complex => RealNumber(ItemSize / 2) + ComplexFromFloat,
        SharedArrayKind.Bytes => BytesNumber,
        SharedArrayKind.Unicode => UnicodeNumber,
        SharedArrayKind.DateTime => DateTimeNumber,
        SharedArrayKind.TimeSpan => TimeSpanNumber,
        _ => RawNumber,
    };

    private int IntegerNumber => ItemSize switch
    {
        1 => 1,
        2 => 3,
        4 => 5,
        _ => SizeOfLong == sizeof(long) ? LongNumber : LongLongNumber,
    };

    private static unsafe int SizeOfLong => sizeof(CLong);

    /// <summary>The type that a footer names by number and size; false if there is none such.</summary>
    internal static bool TryFrom(int number, int itemSize, out SharedArrayType type)
    {
        (SharedArrayKind kind, bool fits) = number switch
        {
            BooleanNumber => (SharedArrayKind.Boolean, itemSize == 1),
            1 => (SharedArrayKind.SignedInteger, itemSize == 1),
            2 => (SharedArrayKind.UnsignedInteger, itemSize == 1),
            3 => (SharedArrayKind.SignedInteger, itemSize == 2),
            4 => (SharedArrayKind.UnsignedInteger, itemSize == 2),
            5 => (SharedArrayKind.SignedInteger, itemSize == 4),
            6 => (SharedArrayKind.UnsignedInteger, itemSize == 4),
            LongNumber => (SharedArrayKind.SignedInteger, itemSize is 4 or 8),
            LongNumber + 1 => (SharedArrayKind.UnsignedInteger, itemSize is 4 or 8),
            LongLongNumber => (SharedArrayKind.SignedInteger, itemSize == 8),
            LongLongNumber + 1 => (SharedArrayKind.UnsignedInteger, itemSize == 8),
            HalfNumber => (SharedArrayKind.Float, itemSize == 2),
            FloatNumber => (SharedArrayKind.Float, itemSize == 4),
            DoubleNumber => (SharedArrayKind.Float, itemSize == 8),
            LongDoubleNumber => (SharedArrayKind.Float, itemSize is 8 or 12 or 16),
            FloatNumber + ComplexFromFloat => (SharedArrayKind.Complex, itemSize == 8),
            DoubleNumber + ComplexFromFloat => (SharedArrayKind.Complex, itemSize == 16),
            LongDoubleNumber + ComplexFromFloat => (SharedArrayKind.Complex, itemSize is 16 or 24 or 32),
            BytesNumber => (SharedArrayKind.Bytes, itemSize > 0),
            UnicodeNumber => (SharedArrayKind.Unicode, itemSize > 0 && itemSize % sizeof(uint) == 0),
            RawNumber => (SharedArrayKind.Raw, itemSize > 0),
            DateTimeNumber => (SharedArrayKind.DateTime, itemSize == 8),
            TimeSpanNumber => (SharedArrayKind.TimeSpan, itemSize == 8),
            _ => (default, false),
        };
        type = fits ? new SharedArrayType(kind, itemSize) : default;
        return fits;
    }

    private static int RealNumber(int itemSize) => itemSize switch
    {
        2 => HalfNumber,
        4 => FloatNumber,
        8 => DoubleNumber,
        _ => LongDoubleNumber,
    };
}
