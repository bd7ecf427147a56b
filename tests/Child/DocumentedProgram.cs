using System.Reflection;
using System.Runtime.Loader;

namespace Multiprocessing.Tests;

/// <summary>
/// Runs a program that a test has compiled as if it were this executable: with its arguments, and again when it starts itself
/// by <see cref="Environment.ProcessPath"/>. A variable of the environment names it.
/// </summary>
internal static class DocumentedProgram
{
    private const string Variable = "CHILD_PROGRAM";

    /// <summary>Runs the program that the environment names, if it names one; its exit code, or null.</summary>
    internal static int? TryRun(string[] arguments)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } path)
        {
            return null;
        }

        // Packages that this executable does not reference itself lie beside it all the same.
        AssemblyLoadContext.Default.Resolving += static (context, name) =>
            Path.Combine(AppContext.BaseDirectory, $"{name.Name}.dll") is { } beside && File.Exists(beside) ? context.LoadFromAssemblyPath(beside) : null;
        MethodInfo main = Assembly.LoadFrom(path).EntryPoint!;
        object? result = main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, main.GetParameters().Length == 0 ? [] : [arguments], null);
        return result as int? ?? 0;
    }
}
