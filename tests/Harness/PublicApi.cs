using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Xunit.Sdk;

namespace Multiprocessing.Tests;

/// <summary>
/// Pins the public API of an assembly: it is compared, as text, with <c>PublicApi.txt</c> beside the test.
/// A wanted change is accepted by running the test once with the environment variable UPDATE_API=1.
/// </summary>
public static class PublicApi
{
    /// <summary>Fails with a line diff when the public API differs from the recorded one; with UPDATE_API=1 records it instead.</summary>
    public static void AssertUnchanged(Assembly assembly, [CallerFilePath] string testFile = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(OnThisMachine(testFile))!, "PublicApi.txt");
        string actual = Render(assembly);
        if (Environment.GetEnvironmentVariable("UPDATE_API") == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }
        string expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (actual != expected)
        {
            throw new XunitException(
                $"The public API of {assembly.GetName().Name} is not what {path} says (run with UPDATE_API=1 to accept it):\n"
                + LineDiff(expected.Split('\n'), actual.Split('\n')));
        }
    }

    /// <summary>The public API as sorted, readable text.</summary>
    public static string Render(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes()
            .Where(static type => !type.FullName!.Contains('<'))
            .OrderBy(static type => type.Namespace, StringComparer.Ordinal)
            .ThenBy(static type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(text.Length == 0 ? "" : "\n").Append(ApiType.Declaration(type)).Append('\n');
            foreach (string member in ApiType.Members(type))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }
        return text.ToString();
    }

    /// <summary>The path of a source file. A deterministic build writes it as <c>/_/…</c> from the root of the repository.</summary>
    private static string OnThisMachine(string path)
    {
        if (!path.StartsWith("/_/", StringComparison.Ordinal))
        {
            return path;
        }
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string candidate = Path.Combine(folder, path[3..]);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }
        throw new FileNotFoundException("The source of the calling test is not above the test assembly.", path);
    }

    /// <summary>The lines that differ, each with the type that it belongs to: by longest common subsequence.</summary>
    private static string LineDiff(string[] before, string[] after)
    {
        int[,] common = new int[before.Length + 1, after.Length + 1];
        for (int i = before.Length - 1; i >= 0; i--)
        {
            for (int j = after.Length - 1; j >= 0; j--)
            {
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }
        var diff = new StringBuilder();
        string type = "", shown = "";
        for (int i = 0, j = 0; i < before.Length || j < after.Length;)
        {
            if (i < before.Length && j < after.Length && before[i] == after[j])
            {
                type = before[i].StartsWith(' ') ? type : before[i];
                i++;
                j++;
                continue;
            }
            if (type != shown)
            {
                diff.Append("  ").Append(type).Append('\n');
                shown = type;
            }
            bool removed = j == after.Length || (i < before.Length && common[i + 1, j] >= common[i, j + 1]);
            diff.Append(removed ? "- " : "+ ").Append(removed ? before[i++] : after[j++]).Append('\n');
        }
        return diff.ToString();
    }
}
