using System.Reflection;

namespace Multiprocessing.Tests;

/// <summary>
/// Writes a type as C# does, with its <c>?</c> annotations and the names of tuple elements.
/// </summary>
/// <remarks>
/// Both are attributes that list one value for each part of the type in pre-order; for nullability these are one byte a part
/// (0 oblivious, 1 not null, 2 nullable), one byte in all when they are equal, and the context's when the attribute is absent.
/// See roslyn's docs/features/nullable-metadata.md. NullabilityInfoContext is not used because it calls every unconstrained
/// <c>T</c> nullable.
/// </remarks>
internal sealed class ApiTypeName
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(sbyte)] = "sbyte",
        [typeof(byte)] = "byte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    private readonly byte[] _nullability;
    private readonly string?[] _tupleNames;
    private int _part;
    private int _tupleName;

    private ApiTypeName(byte[] nullability, string?[] tupleNames)
    {
        _nullability = nullability;
        _tupleNames = tupleNames;
    }

    /// <summary>A type without annotations.</summary>
    internal static string Of(Type type) => new ApiTypeName([0], []).Name(type);

    /// <summary>A type as annotated by the attributes of what has it, and by the context that this lies in.</summary>
    internal static string Of(Type type, IEnumerable<CustomAttributeData> attributes, MemberInfo context)
    {
        object? argument = ApiAttributes.Argument(attributes, "TupleElementNamesAttribute");
        string?[] tupleNames = argument is IEnumerable<CustomAttributeTypedArgument> names
            ? [.. names.Select(static name => (string?)name.Value)]
            : [];
        return new ApiTypeName(ApiAttributes.Nullability(attributes, context), tupleNames).Name(type);
    }

    /// <summary>The name of a generic type or method's parameters: <c>&lt;T, U&gt;</c>, or nothing.</summary>
    internal static string Parameters(Type[] arguments) =>
        arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(static argument => argument.Name))}>";

    private string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }
        if (type.IsPointer)
        {
            return Name(type.GetElementType()!) + "*";
        }
        if (Nullable.GetUnderlyingType(type) is Type value)
        {
            return Name(value) + "?";
        }
        // A value type that is not generic has no byte; all else has, and a value type's is 0.
        bool hasByte = !type.IsValueType || type.IsGenericType || type.IsGenericParameter;
        string suffix = hasByte && NextIsNullable() ? "?" : "";
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]{suffix}";
        }
        if (type.IsGenericParameter)
        {
            return type.Name + suffix;
        }
        return (Keywords.TryGetValue(type, out string? keyword) ? keyword : IsTuple(type) ? Tuple(type) : Named(type)) + suffix;
    }

    private string Tuple(Type type)
    {
        Type[] elements = type.GetGenericArguments();
        // The names of all elements come before those inside the elements.
        string?[] names = [.. elements.Select(_ => _tupleName < _tupleNames.Length ? _tupleNames[_tupleName++] : null)];
        return $"({string.Join(", ", elements.Select((element, i) => names[i] is null ? Name(element) : $"{Name(element)} {names[i]}"))})";
    }

    private string Named(Type type)
    {
        // The arguments of a nested type begin with those of the types around it.
        Type[] arguments = type.GetGenericArguments();
        var around = new Stack<Type>();
        for (Type? outer = type; outer is not null; outer = outer.DeclaringType)
        {
            around.Push(outer);
        }
        int used = 0;
        return string.Join('.', around.Select(part =>
        {
            Type[] own = arguments[used..part.GetGenericArguments().Length];
            used += own.Length;
            return part.Name.Split('`')[0] + (own.Length == 0 ? "" : $"<{string.Join(", ", own.Select(Name))}>");
        }));
    }

    private static bool IsTuple(Type type) =>
        type is { Namespace: "System", IsGenericType: true }
        && type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal)
        && type.GetGenericArguments().Length is > 1 and < 8;

    private bool NextIsNullable() => _nullability[_nullability.Length == 1 ? 0 : _part++] == 2;
}
