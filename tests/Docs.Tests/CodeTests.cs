using Microsoft.CodeAnalysis.CSharp;

namespace Multiprocessing.Tests;

/// <summary>Every piece of C# in the documentation compiles against what is built here.</summary>
public sealed class CodeTests
{
    public static TheoryData<string> AllBlocks => [.. Blocks().Select(static block => block.ToString())];

    [Theory]
    [MemberData(nameof(AllBlocks))]
    public void Each_block_of_CSharp_compiles(string block)
    {
        CSharpCompilation compilation = Compiler.Compile(Blocks().Single(some => some.ToString() == block));
        Assert.Empty(Compiler.Complaints(compilation));
    }

    [Fact]
    public void A_block_that_does_not_compile_is_told_by_its_line()
    {
        var wrong = new CodeBlock("page.md", 7, "csharp", "using System.Diagnostics;\nSharedMemory.Make(1);", "", null);
        string complaint = Assert.Single(Compiler.Complaints(Compiler.Compile(wrong)));
        Assert.StartsWith("page.md(8,14): error CS0117: ", complaint, StringComparison.Ordinal);
        var given = new CodeBlock("page.md", 7, "csharp", "done.Add(new Job(1));", "List<Job> done = []; sealed record Job(int Number);", null);
        Assert.Empty(Compiler.Complaints(Compiler.Compile(given)));
        var types = new CodeBlock("page.md", 7, "csharp", "public sealed class Tests { [Xunit.Fact] public void Passes() { } }", "", null);
        Assert.Empty(Compiler.Complaints(Compiler.Compile(types)));
    }

    private static IEnumerable<CodeBlock> Blocks() => Page.All.SelectMany(static page => page.Blocks).Where(static block => block.Language == "csharp");
}
