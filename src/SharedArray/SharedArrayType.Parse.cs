using System.Globalization;

namespace Multiprocessing;

/// <content>Reading a type as Python's users write it.</content>
public readonly partial record struct SharedArrayType
{
    /// <summary>Reads what numpy writes for a dtype: its name (<c>float64</c>) or its code (<c>f8</c>, <c>&lt;U3</c>, <c>|S10</c>).</summary>
    /// <exception cref="ArgumentException">
    /// It is no such text, or a type that no array can have: objects, a foreign byte order, units of dates, fields.
    /// </exception>
    public static SharedArrayType Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text is "O" or "|O" or "object")
        {
            throw new ArgumentException("An array of objects holds pointers into one process, which are of no use to another: it cannot be shared.", nameof(text));
        }

        return TryByName(text, out SharedArrayType type) || TryByCode(text, out type)
            ? type
            : throw new ArgumentException($"'{text}' is no type of elements that an array can have: 'float64', 'i4', 'S10', 'U3', 'V8' are some.", nameof(text));
    }

    private static bool TryByName(string text, out SharedArrayType type)
    {
        (bool found, type) = text switch
        {
            "bool" or "?" => (true, Boolean),
            "int8" => (true, Int8),
            "int16" => (true, Int16),
            "int32" => (true, Int32),
            "int64" or "int" => (true, Int64),
            "uint8" => (true, UInt8),
            "uint16" => (true, UInt16),
            "uint32" => (true, UInt32),
            "uint64" or "uint" => (true, UInt64),
            "float16" or "half" => (true, Float16),
            "float32" or "single" => (true, Float32),
            "float64" or "float" or "double" => (true, Float64),
            "float128" => (true, new SharedArrayType(SharedArrayKind.Float, MostNumberBytes)),
            "complex64" => (true, Complex64),
            "complex128" or "complex" => (true, Complex128),
            "complex256" => (true, new SharedArrayType(SharedArrayKind.Complex, 2 * MostNumberBytes)),
            "datetime64" => (true, new SharedArrayType(SharedArrayKind.DateTime, sizeof(long))),
            "timedelta64" => (true, new SharedArrayType(SharedArrayKind.TimeSpan, sizeof(long))),
            _ => (false, default),
        };
        return found;
    }

    /// <summary>A letter and a size, in bytes but for U; before them the byte order, which must be the machine's.</summary>
    private static bool TryByCode(string text, out SharedArrayType type)
    {
        type = default;
        char native = BitConverter.IsLittleEndian ? '<' : '>';
        ReadOnlySpan<char> code = text.Length > 0 && (text[0] is '|' or '=' || text[0] == native) ? text.AsSpan(1) : text;
        if (code.Length < 2 || !int.TryParse(code[1..], NumberStyles.None, CultureInfo.InvariantCulture, out int size) || size < 1)
        {
            return false;
        }

        switch (code[0])
        {
            case 'S' or 'a':
                type = Bytes(size);
                return true;
            case 'U' when size <= int.MaxValue / sizeof(uint):
                type = Unicode(size);
                return true;
            case 'V':
                type = Raw(size);
                return true;
            case 'b' when size == 1:
                type = Boolean;
                return true;
            default:
                return TryByName(NameOf(code[0], size), out type);
        }
    }

    private static string NameOf(char letter, int size) => letter switch
    {
        'i' => $"int{8L * size}",
        'u' => $"uint{8L * size}",
        'f' => $"float{8L * size}",
        'c' => $"complex{8L * size}",
        'M' when size == sizeof(long) => "datetime64",
        'm' when size == sizeof(long) => "timedelta64",
        _ => "",
    };
}
