using System.Text.RegularExpressions;

namespace Multiprocessing.Tests;

/// <summary>
/// README's first block and the first block of each page of a type run, each in a process of its own with an empty folder to work in, print what
/// they say, and leave nothing.
/// </summary>
public sealed class RunTests
{
    public static TheoryData<string> FirstBlocks => [.. Page.OfTypes.Prepend(Page.Readme).Where(static page => First(page).NotRun is null).Select(static page => page.Path)];

    [Theory]
    [MemberData(nameof(FirstBlocks))]
    public void The_first_block_runs_and_leaves_nothing(string path) => Watchdog.Run(() =>
    {
        CodeBlock block = First(Page.At(path));
        ShmSnapshot before = ShmSnapshot.Take();

        ProcessResult result = Runner.Run(block);

        Assert.True(result.ExitCode == 0, $"{block} ended with {result.ExitCode}.\n{result.Output}\n{result.Error}");
        Assert.Equal("", result.Error);
        if (block.Prints is { } expected)
        {
            Assert.Matches($"^{Regex.Escape(expected).Replace("…", ".*", StringComparison.Ordinal)}$", result.Output);
        }

        before.AssertUnchanged();
    });

    private static CodeBlock First(Page page) => page.Blocks.First(static block => block.Language == "csharp");
}
