using System.Text;
using System.Text.RegularExpressions;

namespace Multiprocessing.Tests;

/// <summary>A page of the documentation, taken apart.</summary>
internal sealed partial class Page
{
    private Page(string path)
    {
        Path = path;
        string[] lines = File.ReadAllLines(System.IO.Path.Combine(Repository.Root, path));
        Lines = lines;
        Blocks = [.. Fences(path, lines)];
        Prose = string.Join('\n', WithoutBlocks(lines));
    }

    /// <summary>README.md and every page under docs/.</summary>
    public static IReadOnlyList<Page> All { get; } =
    [
        .. Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(Repository.Relative)
            .Order(StringComparer.Ordinal)
            .Prepend("README.md")
            .Select(static path => new Page(path)),
    ];

    /// <summary>The first page: README.md.</summary>
    public static Page Readme => All[0];

    /// <summary>The pages that README's table of types leads to: one a type, or a family of types.</summary>
    public static IReadOnlyList<Page> OfTypes { get; } =
    [
        .. Readme.Rows.Where(static row => row.Count == 3).SelectMany(static row => LinksOf(row[2])).Distinct().Select(static link => At(link.Target)),
    ];

    /// <summary>The file, from the root of the repository on.</summary>
    public string Path { get; }

    /// <summary>The lines of the file.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>The fenced blocks.</summary>
    public IReadOnlyList<CodeBlock> Blocks { get; }

    /// <summary>All that is not in a fenced block; links keep their lines.</summary>
    public string Prose { get; }

    /// <summary>The rows of all tables, heads included, cell by cell.</summary>
    public IEnumerable<IReadOnlyList<string>> Rows =>
        Prose.Split('\n').Where(static line => line.StartsWith('|') && !line.StartsWith("|-", StringComparison.Ordinal) && !line.StartsWith("|:", StringComparison.Ordinal))
            .Select(static line => (IReadOnlyList<string>)[.. line.Trim().Trim('|').Split(" | ").Select(static cell => cell.Trim().Trim('|').Trim())]);

    /// <summary>The links to other files of the repository, or within the page.</summary>
    public IEnumerable<(string Target, string? Anchor)> Links => LinksOf(Prose);

    /// <summary>The anchors that GitHub gives its headings.</summary>
    public IReadOnlySet<string> Anchors => WithoutBlocks(Lines)
        .Where(static line => line.StartsWith('#'))
        .Select(static line => Anchor(line.TrimStart('#').Trim()))
        .ToHashSet();

    /// <summary>The page at a path.</summary>
    public static Page At(string path) => All.First(page => page.Path == path);

    /// <inheritdoc/>
    public override string ToString() => Path;

    private static IEnumerable<(string Target, string? Anchor)> LinksOf(string text)
    {
        foreach (Match match in Link().Matches(text))
        {
            string target = match.Groups[1].Value;
            if (!target.Contains("://", StringComparison.Ordinal))
            {
                string[] parts = target.Split('#');
                yield return (parts[0], parts.Length > 1 ? parts[1] : null);
            }
        }
    }

    private static IEnumerable<CodeBlock> Fences(string path, string[] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                continue;
            }

            int end = Array.IndexOf(lines, "```", i + 1);
            Assert.True(end > 0, $"{path}:{i + 1}: the block has no end");
            string before = CommentsBefore(lines, i);
            yield return new CodeBlock(
                path,
                i + 2,
                lines[i][3..].Trim(),
                string.Join('\n', lines[(i + 1)..end]),
                string.Join('\n', Given().Matches(before).Select(static match => match.Groups[1].Value)),
                Prints().Match(before) is { Success: true } prints ? prints.Groups[1].Value.Trim() : null,
                NotRun().Match(before) is { Success: true } notRun ? notRun.Groups[1].Value.Trim() : null);
            i = end;
        }
    }

    /// <summary>The HTML comments that end on the line before a fence.</summary>
    private static string CommentsBefore(string[] lines, int fence)
    {
        int first = fence;
        while (first > 0 && lines[first - 1].EndsWith("-->", StringComparison.Ordinal))
        {
            first = Array.FindLastIndex(lines, first - 1, static line => line.StartsWith("<!--", StringComparison.Ordinal));
        }

        return string.Join('\n', lines[first..fence]);
    }

    private static IEnumerable<string> WithoutBlocks(IEnumerable<string> lines)
    {
        bool inside = false;
        foreach (string line in lines)
        {
            bool fence = line.StartsWith("```", StringComparison.Ordinal);
            yield return inside || fence ? "" : line;
            inside ^= fence;
        }
    }

    private static string Anchor(string heading)
    {
        var anchor = new StringBuilder();
        foreach (char c in heading.ToLowerInvariant().Where(static c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_'))
        {
            anchor.Append(c == ' ' ? '-' : c);
        }

        return anchor.ToString();
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("<!-- given:(.*?)-->", RegexOptions.Singleline)]
    private static partial Regex Given();

    [GeneratedRegex("<!-- not run:(.*?)-->", RegexOptions.Singleline)]
    private static partial Regex NotRun();

    [GeneratedRegex("<!-- prints:(.*?)-->", RegexOptions.Singleline)]
    private static partial Regex Prints();
}
