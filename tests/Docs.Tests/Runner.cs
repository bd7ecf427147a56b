using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis.CSharp;

namespace Multiprocessing.Tests;

/// <summary>Runs a block as the program of a process of its own, in an empty folder.</summary>
internal static class Runner
{
    /// <summary>Compiles a block and runs it to its end, under a wrapper such as <c>unshare</c> if one is given.</summary>
    internal static ProcessResult Run(CodeBlock block, params string[] wrapper)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("docs-");
        try
        {
            string program = Path.Combine(folder.FullName, "Documented.dll");
            CSharpCompilation compilation = Compiler.Compile(block);
            Assert.Empty(Compiler.Complaints(compilation));
            Assert.True(compilation.Emit(program).Success);
            using var process = new ConsoleProcess(Start(program, folder, wrapper), block.ToString());
            return process.ToEnd();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The child executable with the program in it, so that <see cref="Environment.ProcessPath"/> is what it is for a reader: the program itself.</summary>
    private static ProcessStartInfo Start(string program, DirectoryInfo folder, string[] wrapper)
    {
        string[] command = [.. wrapper, Path.Combine(AppContext.BaseDirectory, "Child")];
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = folder.FullName };
        start.Environment["CHILD_PROGRAM"] = program;
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        return start;
    }
}
