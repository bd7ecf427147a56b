using System.Numerics;

namespace Multiprocessing;

/// <summary>The element type of a .NET type, found once.</summary>
internal static class ElementTypeOf<T>
    where T : unmanaged
{
    private static readonly SharedArrayType? Found = Find();

    internal static SharedArrayType Value => Found ?? throw new NotSupportedException(
        $"numpy has no elements like {typeof(T)}; take an integer of the same size.");

    private static unsafe SharedArrayType? Find()
    {
        Type type = typeof(T).IsEnum ? typeof(T).GetEnumUnderlyingType() : typeof(T);
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => SharedArrayType.Boolean,
            TypeCode.SByte => SharedArrayType.Int8,
            TypeCode.Int16 => SharedArrayType.Int16,
            TypeCode.Int32 => SharedArrayType.Int32,
            TypeCode.Int64 => SharedArrayType.Int64,
            TypeCode.Byte => SharedArrayType.UInt8,
            TypeCode.UInt16 => SharedArrayType.UInt16,
            TypeCode.UInt32 => SharedArrayType.UInt32,
            TypeCode.UInt64 => SharedArrayType.UInt64,
            TypeCode.Single => SharedArrayType.Float32,
            TypeCode.Double => SharedArrayType.Float64,
            TypeCode.Char => null,
            _ when type == typeof(nint) => sizeof(nint) == sizeof(long) ? SharedArrayType.Int64 : SharedArrayType.Int32,
            _ when type == typeof(nuint) => sizeof(nint) == sizeof(long) ? SharedArrayType.UInt64 : SharedArrayType.UInt32,
            _ when type == typeof(Half) => SharedArrayType.Float16,
            _ when type == typeof(Complex64) => SharedArrayType.Complex64,
            _ when type == typeof(Complex) => SharedArrayType.Complex128,
            _ => SharedArrayType.Raw(sizeof(T)),
        };
    }
}
