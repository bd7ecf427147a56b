using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiprocessing.Tests;

/// <summary>Writes a type's declaration and the list of its visible members as C# would.</summary>
internal static class ApiType
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    internal static string Declaration(Type type)
    {
        string name = ApiTypeName.Of(type);
        string access = type.IsNestedFamily || type.IsNestedFamORAssem ? "protected" : "public";
        string head = $"{ApiAttributes.Text(type.CustomAttributes)}{access} ";
        if (IsDelegate(type))
        {
            return head + ApiMember.Delegate(type, name);
        }
        string inside = type.Namespace is null ? name : $"{type.Namespace}.{name}";
        string bases = string.Join(", ", Bases(type));
        string constraints = ApiMember.Constraints(type.GetGenericArguments(), type);
        return $"{head}{Kind(type)} {inside}{(bases.Length == 0 ? "" : $" : {bases}")}{constraints}";
    }

    /// <summary>The members, one a line: fields, constructors, properties, events, methods, operators, each by name.</summary>
    internal static IEnumerable<string> Members(Type type)
    {
        if (IsDelegate(type))
        {
            return [];
        }
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .OrderBy(static field => Convert.ToDecimal(field.GetRawConstantValue(), null))
                .Select(static field => $"{ApiAttributes.Text(field.CustomAttributes)}{field.Name} = {field.GetRawConstantValue()}");
        }
        return type.GetMembers(Declared)
            .Where(static member => member is not Type && !ApiAttributes.Has(member.CustomAttributes, nameof(CompilerGeneratedAttribute)))
            .Select(static member => (member, text: ApiMember.Text(member)))
            .Where(static entry => entry.text is not null)
            .OrderBy(static entry => Rank(entry.member))
            .ThenBy(static entry => entry.member.Name, StringComparer.Ordinal)
            .ThenBy(static entry => entry.text, StringComparer.Ordinal)
            .Select(static entry => entry.text!);
    }

    private static bool IsDelegate(Type type) => type.BaseType == typeof(MulticastDelegate);

    private static string Kind(Type type)
    {
        if (type.IsEnum)
        {
            return "enum";
        }
        if (type.IsInterface)
        {
            return "interface";
        }
        bool isRecord = type.GetMethod("PrintMembers", Declared) is MethodInfo print
            && ApiAttributes.Has(print.CustomAttributes, nameof(CompilerGeneratedAttribute));
        if (type.IsValueType)
        {
            bool isReadOnly = ApiAttributes.Has(type.CustomAttributes, "IsReadOnlyAttribute");
            return $"{(isReadOnly ? "readonly " : "")}{(type.IsByRefLike ? "ref " : "")}{(isRecord ? "record " : "")}struct";
        }
        string modifier = (type.IsAbstract, type.IsSealed) switch
        {
            (true, true) => "static ",
            (true, false) => "abstract ",
            (false, true) => "sealed ",
            _ => "",
        };
        return modifier + (isRecord ? "record" : "class");
    }

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum)
        {
            Type underlying = type.GetEnumUnderlyingType();
            return underlying == typeof(int) ? [] : [ApiTypeName.Of(underlying)];
        }
        IEnumerable<string> baseType = type is { IsClass: true, BaseType: Type parent } && parent != typeof(object)
            ? [ApiTypeName.Of(parent, type.CustomAttributes, type)]
            : [];
        // Only what the type adds: neither its base's interfaces, nor those that another one brings along.
        Type[] all = [.. type.GetInterfaces().Where(static face => face.IsVisible)];
        IEnumerable<Type> implied = all.SelectMany(static face => face.GetInterfaces()).Concat(type.BaseType?.GetInterfaces() ?? []);
        return baseType.Concat(all.Except(implied).Select(ApiTypeName.Of).Order(StringComparer.Ordinal));
    }

    private static int Rank(MemberInfo member) => member switch
    {
        FieldInfo => 0,
        ConstructorInfo => 1,
        PropertyInfo => 2,
        EventInfo => 3,
        MethodInfo { IsSpecialName: true } => 5,
        _ => 4,
    };
}
