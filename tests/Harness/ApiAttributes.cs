using System.Reflection;

namespace Multiprocessing.Tests;

/// <summary>Reads attributes as data: those that the compiler writes, and those that are part of an API.</summary>
internal static class ApiAttributes
{
    private static readonly string[] Shown =
    [
        "FlagsAttribute", "ObsoleteAttribute", "ExperimentalAttribute", "EditorBrowsableAttribute",
        "SupportedOSPlatformAttribute", "UnsupportedOSPlatformAttribute", "UnscopedRefAttribute",
        "NotNullWhenAttribute", "MaybeNullWhenAttribute", "NotNullAttribute", "MaybeNullAttribute",
        "AllowNullAttribute", "DisallowNullAttribute", "NotNullIfNotNullAttribute",
        "MemberNotNullAttribute", "MemberNotNullWhenAttribute", "DoesNotReturnAttribute",
    ];

    /// <summary>Whether an attribute is there, by its name: the compiler may have written a type of its own into the assembly.</summary>
    internal static bool Has(IEnumerable<CustomAttributeData> attributes, string name) =>
        attributes.Any(attribute => attribute.AttributeType.Name == name);

    /// <summary>The first constructor argument of an attribute; null when there is none.</summary>
    internal static object? Argument(IEnumerable<CustomAttributeData> attributes, string name) =>
        attributes.FirstOrDefault(attribute => attribute.AttributeType.Name == name)?.ConstructorArguments.FirstOrDefault().Value;

    /// <summary>The nullability of the parts of a type, or the single one of them all.</summary>
    internal static byte[] Nullability(IEnumerable<CustomAttributeData> attributes, MemberInfo context)
    {
        switch (Argument(attributes, "NullableAttribute"))
        {
            case byte all:
                return [all];
            case IEnumerable<CustomAttributeTypedArgument> each:
                return [.. each.Select(static part => (byte)part.Value!)];
        }
        for (MemberInfo? around = context; around is not null; around = around.DeclaringType)
        {
            if (Argument(around.CustomAttributes, "NullableContextAttribute") is byte all)
            {
                return [all];
            }
        }
        return [0];
    }

    /// <summary>The attributes that a caller should know of, as C#, each followed by a space.</summary>
    internal static string Text(IEnumerable<CustomAttributeData> attributes) => string.Concat(
        attributes
            .Where(static attribute => Shown.Contains(attribute.AttributeType.Name) && !IsOnEveryRefStruct(attribute))
            .Select(static attribute => $"[{Text(attribute)}] ")
            .Order(StringComparer.Ordinal));

    private static string Text(CustomAttributeData attribute)
    {
        string name = attribute.AttributeType.Name.Replace("Attribute", "", StringComparison.Ordinal);
        string arguments = string.Join(", ", attribute.ConstructorArguments.Select(Text));
        return arguments.Length == 0 ? name : $"{name}({arguments})";
    }

    private static string Text(CustomAttributeTypedArgument argument) =>
        argument.Value is IEnumerable<CustomAttributeTypedArgument> each
            ? string.Join(", ", each.Select(Text))
            : ApiMember.Value(argument.Value, argument.ArgumentType);

    // The compiler marks ref structs and required members as obsolete for compilers that do not know them.
    private static bool IsOnEveryRefStruct(CustomAttributeData attribute) =>
        attribute.AttributeType.Name == "ObsoleteAttribute"
        && attribute.ConstructorArguments is [{ Value: string text }, ..]
        && (text.StartsWith("Types with embedded references", StringComparison.Ordinal)
            || text.StartsWith("Constructors of types with required", StringComparison.Ordinal));
}
