using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Multiprocessing.Tests;

/// <summary>
/// README's first block and the first block of each page of a type run, each in a process of its own with an empty folder to work in, print what
/// they say, and leave nothing.
/// </summary>
public sealed class RunTests
{
    public static TheoryData<string> FirstBlocks => [.. Page.OfTypes.Prepend(Page.Readme).Select(static page => page.Path)];

    [Theory]
    [MemberData(nameof(FirstBlocks))]
    public void The_first_block_runs_and_leaves_nothing(string path) => Watchdog.Run(() =>
    {
        CodeBlock block = Page.At(path).Blocks.First(static block => block.Language == "csharp");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("docs-");
        try
        {
            string program = Path.Combine(folder.FullName, "Documented.dll");
            CSharpCompilation compilation = Compiler.Compile(block);
            Assert.Empty(Compiler.Complaints(compilation));
            EmitResult emitted = compilation.Emit(program);
            Assert.True(emitted.Success);
            ShmSnapshot before = ShmSnapshot.Take();

            using var process = new ConsoleProcess(Start(program, folder), block.ToString());
            ProcessResult result = process.ToEnd();

            Assert.True(result.ExitCode == 0, $"{block} ended with {result.ExitCode}.\n{result.Output}\n{result.Error}");
            Assert.Equal("", result.Error);
            if (block.Prints is { } expected)
            {
                Assert.Matches($"^{Regex.Escape(expected).Replace("…", ".*", StringComparison.Ordinal)}$", result.Output);
            }

            before.AssertUnchanged();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    });

    /// <summary>The child executable with the program in it, so that <see cref="Environment.ProcessPath"/> is what it is for a reader: the program itself.</summary>
    private static ProcessStartInfo Start(string program, DirectoryInfo folder)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Child")) { WorkingDirectory = folder.FullName };
        start.Environment["CHILD_PROGRAM"] = program;
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        return start;
    }
}
