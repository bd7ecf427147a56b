using System.Reflection;

namespace Multiprocessing.Tests;

/// <summary>What the packages show to their users.</summary>
internal static class Packages
{
    /// <summary>Every public type of every package.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        .. Directory.EnumerateFiles(AppContext.BaseDirectory, "Multiprocessing.*.dll").Where(IsOne)
            .SelectMany(static path => Assembly.LoadFrom(path).GetExportedTypes()),
    ];

    /// <summary>The names of all public types, without their arity.</summary>
    public static IReadOnlySet<string> TypeNames { get; } = Types.Select(NameOf).ToHashSet();

    /// <summary>The names of all that can be called, read, set or given: types, members, and the values of enumerations.</summary>
    public static IReadOnlySet<string> Names { get; } = Types
        .SelectMany(static type => type.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.FlattenHierarchy))
        .Select(static member => member.Name)
        .Concat(TypeNames)
        .ToHashSet();

    /// <summary>Whether a file is an assembly of a package.</summary>
    public static bool IsOne(string path) => Directory.Exists(Path.Combine(Repository.Root, "src", Path.GetFileNameWithoutExtension(path).Split('.')[^1]))
        && Path.GetFileName(path).StartsWith("Multiprocessing.", StringComparison.Ordinal);

    /// <summary>The name of a type as one writes it: <c>SharedArray</c> for <c>SharedArray`1</c>.</summary>
    public static string NameOf(Type type) => type.Name.Split('`')[0];
}
