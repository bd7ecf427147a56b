using System.Text.RegularExpressions;

namespace Multiprocessing.Tests;

/// <summary>What the documentation leads to is there.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Pages => [.. Page.All.Select(static page => page.Path)];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_link_leads_to_a_file_and_each_anchor_to_a_heading(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        foreach ((string target, string? anchor) in Page.At(path).Links)
        {
            string linked = target.Length == 0 ? path : Repository.Relative(Path.GetFullPath(Path.Combine(Repository.Root, folder, target)));
            Assert.True(Path.Exists(Path.Combine(Repository.Root, linked)), $"{path} links to {target}");
            Assert.True(anchor is null || Page.At(linked).Anchors.Contains(anchor), $"{path} links to {target}#{anchor}");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_file_and_project_that_is_named_is_there(string path)
    {
        // In shell commands, in inline code and in prose: "dotnet run --project bench/deaths".
        foreach (Match match in RepositoryPath().Matches(string.Join('\n', Page.At(path).Lines)))
        {
            string named = match.Value.TrimEnd('.', '/');
            Assert.True(
                Path.Exists(Path.Combine(Repository.Root, named)) || File.Exists(Path.Combine(Repository.Root, $"{named}.cs")),
                $"{path} names {named}");
        }
    }

    [Fact]
    public void Every_page_can_be_reached_from_the_README()
    {
        HashSet<string> reached = ["README.md"];
        var open = new Stack<string>(reached);
        while (open.TryPop(out string? path))
        {
            foreach ((string target, _) in Page.At(path).Links)
            {
                string linked = Repository.Relative(Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(path)!, target)));
                if (linked.EndsWith(".md", StringComparison.Ordinal) && reached.Add(linked))
                {
                    open.Push(linked);
                }
            }
        }

        Assert.Empty(Page.All.Select(static page => page.Path).Except(reached));
    }

    [GeneratedRegex(@"(?<![\w/.-])(?:bench|docs|examples|src|tests)/[\w./-]*\w")]
    private static partial Regex RepositoryPath();
}
