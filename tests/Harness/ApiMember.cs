using System.Globalization;
using System.Reflection;

namespace Multiprocessing.Tests;

/// <summary>Writes the signature of a member as C# would; null for what a user of the assembly does not see.</summary>
internal static class ApiMember
{
    private static readonly Dictionary<string, string> Operators = new()
    {
        ["op_Equality"] = "==",
        ["op_Inequality"] = "!=",
        ["op_LessThan"] = "<",
        ["op_GreaterThan"] = ">",
        ["op_LessThanOrEqual"] = "<=",
        ["op_GreaterThanOrEqual"] = ">=",
        ["op_Addition"] = "+",
        ["op_Subtraction"] = "-",
        ["op_Multiply"] = "*",
        ["op_Division"] = "/",
        ["op_Modulus"] = "%",
        ["op_BitwiseAnd"] = "&",
        ["op_BitwiseOr"] = "|",
        ["op_ExclusiveOr"] = "^",
        ["op_OnesComplement"] = "~",
        ["op_LogicalNot"] = "!",
        ["op_UnaryNegation"] = "-",
        ["op_UnaryPlus"] = "+",
        ["op_LeftShift"] = "<<",
        ["op_RightShift"] = ">>",
        ["op_UnsignedRightShift"] = ">>>",
        ["op_Increment"] = "++",
        ["op_Decrement"] = "--",
        ["op_True"] = "true",
        ["op_False"] = "false",
    };

    internal static string? Text(MemberInfo member)
    {
        string? text = member switch
        {
            FieldInfo field => Field(field),
            ConstructorInfo constructor => Constructor(constructor),
            PropertyInfo property => Property(property),
            EventInfo happening => Event(happening),
            MethodInfo method => Method(method),
            _ => null,
        };
        if (text is not null && member.DeclaringType!.IsInterface && text.StartsWith("public ", StringComparison.Ordinal))
        {
            text = text["public ".Length..];
        }
        return text is null ? null : ApiAttributes.Text(member.CustomAttributes) + text;
    }

    internal static string Delegate(Type type, string name)
    {
        MethodInfo invoke = type.GetMethod("Invoke")!;
        return $"delegate {Return(invoke)} {type.Namespace}.{name}({Parameters(invoke)}){Constraints(type.GetGenericArguments(), type)}";
    }

    internal static string Constraints(Type[] parameters, MemberInfo context) =>
        string.Concat(parameters.Select(parameter => (parameter.Name, all: string.Join(", ", ConstraintsOf(parameter, context))))
            .Where(static entry => entry.all.Length > 0)
            .Select(static entry => $" where {entry.Name} : {entry.all}"));

    /// <summary>A constant as C# writes it.</summary>
    internal static string Value(object? value, Type type)
    {
        Type? nullable = Nullable.GetUnderlyingType(type);
        return value switch
        {
            null => type.IsValueType && nullable is null ? "default" : "null",
            bool truth => truth ? "true" : "false",
            string text => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
            char letter => char.IsControl(letter) ? $"'\\u{(int)letter:x4}'" : $"'{letter}'",
            _ when (nullable ?? type).IsEnum => EnumValue(value, nullable ?? type),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    private static string? Field(FieldInfo field)
    {
        if (Access(field.IsPublic, field.IsFamily, field.IsFamilyOrAssembly, field) is not string access)
        {
            return null;
        }
        string type = ApiTypeName.Of(field.FieldType, field.CustomAttributes, field.DeclaringType!);
        if (field.IsLiteral)
        {
            return $"{access} const {type} {field.Name} = {Value(field.GetRawConstantValue(), field.FieldType)}";
        }
        string modifiers = (field.IsStatic ? "static " : "") + (field.IsInitOnly ? "readonly " : "") + Required(field);
        return $"{access} {modifiers}{type} {field.Name}";
    }

    private static string? Constructor(ConstructorInfo constructor) =>
        !constructor.IsStatic && Access(constructor) is string access
            ? $"{access} {constructor.DeclaringType!.Name.Split('`')[0]}({Parameters(constructor)})"
            : null;

    private static string? Property(PropertyInfo property)
    {
        MethodInfo? getter = Visible(property.GetMethod), setter = Visible(property.SetMethod);
        if ((getter ?? setter) is not MethodInfo main)
        {
            return null;
        }
        // The more visible of the two accessors gives the property its access; the other one names its own.
        string access = Access(getter) == "public" || Access(setter) == "public" ? "public" : Access(main)!;
        string accessors = string.Concat(new[] { getter, setter }.OfType<MethodInfo>().Select(accessor =>
        {
            string own = Access(accessor)!;
            return $"{(own == access ? "" : own + " ")}{(accessor == getter ? "get" : IsInit(accessor) ? "init" : "set")}; ";
        }));
        string type = Reference(property.PropertyType, property.CustomAttributes)
            + ApiTypeName.Of(property.PropertyType, property.CustomAttributes, property.DeclaringType!);
        ParameterInfo[] indices = property.GetMethod is null ? main.GetParameters()[..^1] : property.GetMethod.GetParameters();
        string name = indices.Length == 0 ? property.Name : $"this[{Parameters(main, indices)}]";
        return $"{access} {Modifiers(main)}{Required(property)}{type} {name} {{ {accessors}}}";
    }

    private static string? Event(EventInfo happening) =>
        Access(happening.AddMethod) is string access
            ? $"{access} {Modifiers(happening.AddMethod!)}event "
                + $"{ApiTypeName.Of(happening.EventHandlerType!, happening.CustomAttributes, happening.DeclaringType!)} {happening.Name}"
            : null;

    private static string? Method(MethodInfo method)
    {
        if (Access(method) is not string access || method.Name == "Finalize" || IsAccessor(method))
        {
            return null;
        }
        string head = $"{access} {Modifiers(method)}";
        string parameters = $"({Parameters(method)})";
        if (method.IsSpecialName && method.Name is "op_Implicit" or "op_Explicit")
        {
            return $"{head}{(method.Name == "op_Implicit" ? "implicit" : "explicit")} operator {Return(method)}{parameters}";
        }
        string name = method.IsSpecialName && Operators.TryGetValue(method.Name, out string? sign) ? "operator " + sign : method.Name;
        Type[] generic = method.GetGenericArguments();
        return $"{head}{Return(method)} {name}{ApiTypeName.Parameters(generic)}{parameters}{Constraints(generic, method)}";
    }

    private static string Return(MethodInfo method)
    {
        IEnumerable<CustomAttributeData> attributes = method.ReturnParameter.CustomAttributes;
        return ApiAttributes.Text(attributes).Replace("[", "[return: ", StringComparison.Ordinal)
            + Reference(method.ReturnType, attributes) + ApiTypeName.Of(method.ReturnType, attributes, method);
    }

    private static string Reference(Type type, IEnumerable<CustomAttributeData> attributes) =>
        !type.IsByRef ? "" : ApiAttributes.Has(attributes, "IsReadOnlyAttribute") ? "ref readonly " : "ref ";

    private static string Parameters(MethodBase method) =>
        (ApiAttributes.Has(method.CustomAttributes, "ExtensionAttribute") ? "this " : "") + Parameters(method, method.GetParameters());

    private static string Parameters(MethodBase method, ParameterInfo[] parameters) =>
        string.Join(", ", parameters.Select(parameter =>
        {
            IEnumerable<CustomAttributeData> attributes = parameter.CustomAttributes;
            string value = parameter.HasDefaultValue ? $" = {Value(parameter.DefaultValue, parameter.ParameterType)}" : "";
            return ApiAttributes.Text(attributes) + Passing(parameter)
                + $"{ApiTypeName.Of(parameter.ParameterType, attributes, method)} {parameter.Name}{value}";
        }));

    private static string Passing(ParameterInfo parameter)
    {
        IEnumerable<CustomAttributeData> attributes = parameter.CustomAttributes;
        if (ApiAttributes.Has(attributes, "ParamArrayAttribute") || ApiAttributes.Has(attributes, "ParamCollectionAttribute"))
        {
            return "params ";
        }
        string scoped = ApiAttributes.Has(attributes, "ScopedRefAttribute") ? "scoped " : "";
        return scoped + (!parameter.ParameterType.IsByRef ? ""
            : parameter.IsOut ? "out "
            : ApiAttributes.Has(attributes, "RequiresLocationAttribute") ? "ref readonly "
            : parameter.IsIn ? "in " : "ref ");
    }

    private static string EnumValue(object value, Type type)
    {
        string name = ApiTypeName.Of(type);
        string text = Enum.ToObject(type, value).ToString()!;
        return char.IsAsciiLetter(text[0]) ? string.Join(" | ", text.Split(", ").Select(flag => $"{name}.{flag}")) : $"({name}){text}";
    }

    private static IEnumerable<string> ConstraintsOf(Type parameter, MemberInfo context)
    {
        GenericParameterAttributes flags = parameter.GenericParameterAttributes;
        byte nullability = ApiAttributes.Nullability(parameter.CustomAttributes, context)[0];
        bool isUnmanaged = ApiAttributes.Has(parameter.CustomAttributes, "IsUnmanagedAttribute");
        bool isStruct = flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        bool isClass = flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint);
        Type[] types = [.. parameter.GetGenericParameterConstraints().Where(static type => type != typeof(ValueType))];
        if (isUnmanaged || isStruct)
        {
            yield return isUnmanaged ? "unmanaged" : "struct";
        }
        else if (isClass)
        {
            yield return nullability == 2 ? "class?" : "class";
        }
        else if (nullability == 1 && types.Length == 0)
        {
            yield return "notnull";
        }
        foreach (string type in types.Select(ApiTypeName.Of).Order(StringComparer.Ordinal))
        {
            yield return type;
        }
        if (flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !isStruct)
        {
            yield return "new()";
        }
        if (flags.HasFlag(GenericParameterAttributes.AllowByRefLike))
        {
            yield return "allows ref struct";
        }
    }

    private static string Modifiers(MethodInfo method)
    {
        Type type = method.DeclaringType!;
        if (method.IsStatic)
        {
            return method.IsAbstract ? "static abstract " : method.IsVirtual ? "static virtual " : "static ";
        }
        if (type.IsInterface)
        {
            return method.IsAbstract ? "" : "virtual ";
        }
        string isReadOnly = ApiAttributes.Has(method.CustomAttributes, "IsReadOnlyAttribute") ? "readonly " : "";
        // Final without an override: an implementation of an interface, which C# does not mark.
        bool overrides = method.GetBaseDefinition().DeclaringType != type;
        string slot = !method.IsVirtual || (method.IsFinal && !overrides) ? ""
            : overrides ? (method.IsFinal ? "sealed override " : method.IsAbstract ? "abstract override " : "override ")
            : method.IsAbstract ? "abstract " : "virtual ";
        return isReadOnly + slot;
    }

    private static string Required(MemberInfo member) =>
        ApiAttributes.Has(member.CustomAttributes, "RequiredMemberAttribute") ? "required " : "";

    private static bool IsInit(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Any(static type => type.Name == "IsExternalInit");

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static MethodInfo? Visible(MethodInfo? method) => Access(method) is null ? null : method;

    private static string? Access(MethodBase? method) =>
        method is null ? null : Access(method.IsPublic, method.IsFamily, method.IsFamilyOrAssembly, method);

    /// <summary>The access as C# writes it; null for what is not seen outside, such as what is protected in a sealed type.</summary>
    private static string? Access(bool isPublic, bool isProtected, bool isProtectedInternal, MemberInfo member) =>
        isPublic ? "public"
        : member.DeclaringType!.IsSealed ? null
        : isProtected ? "protected"
        : isProtectedInternal ? "protected internal"
        : null;
}
