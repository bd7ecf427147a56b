using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Multiprocessing.Tests;

/// <summary>Compiles a block as its reader would: as the Program.cs of a new console project that references the packages.</summary>
internal static class Compiler
{
    /// <summary>The implicit usings of a console project, and ours.</summary>
    private const string GlobalUsings = """
        global using System; global using System.IO; global using System.Linq; global using System.Collections.Generic;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks; global using Multiprocessing;
        """;

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);
    private static readonly SyntaxTree Usings = CSharpSyntaxTree.ParseText(GlobalUsings, Parsing);
    private static readonly Lazy<MetadataReference[]> References = new(static () => [.. PublicAssemblies().Select(static path => MetadataReference.CreateFromFile(path))]);

    // What a new project warns of as well: null where none is expected, and what is obsolete. (Not: a variable that an example does not use.)
    private static readonly string[] Warnings = ["CS86", "CS87", "CS0612", "CS0618"];

    /// <summary>The compilation of a block and of what it is given.</summary>
    public static CSharpCompilation Compile(CodeBlock block) => CSharpCompilation.Create(
        "Documented",
        [Usings, CSharpSyntaxTree.ParseText(Whole(block), Parsing)],
        References.Value,
        new CSharpCompilationOptions(IsProgram(block) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>What is wrong with it, by line of the page.</summary>
    public static IReadOnlyList<string> Complaints(Compilation compilation) =>
    [
        .. compilation.GetDiagnostics()
            .Where(static found => found.Severity == DiagnosticSeverity.Error || Warnings.Any(id => found.Id.StartsWith(id, StringComparison.Ordinal)))
            .Select(static found => found.ToString()),
    ];

    /// <summary>Whether there are statements, and not only types (a class of tests, say).</summary>
    private static bool IsProgram(CodeBlock block) => Parse(block.Text).Members.Concat(Parse(block.Given).Members).OfType<GlobalStatementSyntax>().Any();

    private static CompilationUnitSyntax Parse(string code) => CSharpSyntaxTree.ParseText(code, Parsing).GetCompilationUnitRoot();

    /// <summary>Usings first, then what is given, then the block, then types: the order that C# wants.</summary>
    private static string Whole(CodeBlock block)
    {
        CompilationUnitSyntax code = Parse(block.Text);
        CompilationUnitSyntax given = Parse(block.Given);
        var whole = new StringBuilder();
        foreach (UsingDirectiveSyntax directive in code.Usings.Concat(given.Usings).Where(static directive => directive.Name?.ToString() != "Multiprocessing"))
        {
            whole.AppendLine(directive.ToString());
        }

        whole.AppendLine($"#line 1 \"{block.Path}:{block.Line}, given\"");
        Append<GlobalStatementSyntax>(whole, given);
        whole.AppendLine($"#line {block.Line} \"{block.Path}\"");
        whole.AppendLine(WithoutUsings(block.Text, code));
        whole.AppendLine($"#line 1 \"{block.Path}:{block.Line}, given\"");
        Append<BaseTypeDeclarationSyntax>(whole, given);
        return whole.ToString();
    }

    private static void Append<T>(StringBuilder whole, CompilationUnitSyntax unit)
        where T : MemberDeclarationSyntax
    {
        foreach (T member in unit.Members.OfType<T>())
        {
            whole.AppendLine(member.ToFullString());
        }
    }

    private static string WithoutUsings(string text, CompilationUnitSyntax code)
    {
        char[] blank = text.ToCharArray();
        foreach (UsingDirectiveSyntax directive in code.Usings)
        {
            blank.AsSpan(directive.Span.Start, directive.Span.Length).Fill(' ');
        }

        return new string(blank);
    }

    /// <summary>The framework, our packages, what these bring along, and xunit, which some pages use; not what else the tests have.</summary>
    private static IEnumerable<string> PublicAssemblies() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(static path => Path.GetDirectoryName(path) != AppContext.BaseDirectory.TrimEnd('/')
                || Packages.IsOne(path)
                || Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)
                || Path.GetFileName(path).StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)
                || Path.GetFileName(path).StartsWith("xunit.", StringComparison.Ordinal));
}
