using System.Reflection;
using System.Text.RegularExpressions;

namespace Multiprocessing.Tests;

/// <summary>The pages say all that they have to, of things that exist.</summary>
public sealed partial class PageTests
{
    public static TheoryData<string> TypePages => [.. Page.OfTypes.Select(static page => page.Path)];

    public static TheoryData<string> Migrations =>
        [.. Page.All.Select(static page => page.Path).Where(static path => path == "README.md" || path.StartsWith("docs/from-", StringComparison.Ordinal))];

    /// <summary>The pages that speak to who uses the packages; the others speak of their insides, too.</summary>
    public static TheoryData<string> UsersPages =>
    [
        .. Page.All.Select(static page => page.Path)
            .Except(["docs/architecture.md", "docs/decisions.md", "docs/performance.md", "docs/protocol.md", "docs/reliability.md"]),
    ];

    [Fact]
    public void Every_public_type_is_on_a_page()
    {
        string all = string.Join('\n', Page.All.SelectMany(static page => page.Lines));
        HashSet<string> words = [.. Word().Matches(all).Select(static match => match.Value)];
        Assert.All(Packages.Types.Where(static type => !type.IsNested).SelectMany(NamesToMention), name => Assert.Contains(name, words));

        // A class of extension methods is known by its methods.
        static IEnumerable<string> NamesToMention(Type type) => type is { IsAbstract: true, IsSealed: true }
            ? type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(static method => method.Name)
            : [Packages.NameOf(type)];
    }

    [Fact]
    public void Every_type_in_the_table_of_the_README_exists()
    {
        string[] types = [.. Page.Readme.Rows.Where(static row => row.Count == 3).SelectMany(static row => CodeIn(row[0])).Select(static code => Word().Match(code).Value)];
        Assert.Contains("SharedMemory", types);
        Assert.All(types, static type => Assert.Contains(type, Packages.TypeNames));
    }

    [Theory]
    [MemberData(nameof(TypePages))]
    public void A_page_of_a_type_says_what_it_is_shows_it_says_why_and_why_not_something_simpler(string path)
    {
        Page page = Page.At(path);
        Assert.StartsWith("# ", page.Lines[0], StringComparison.Ordinal);
        Assert.NotEmpty(page.Lines[2]);
        int code = page.Blocks[0].Line;
        int why = LineOf("**Why.**");
        int whyNot = LineOf("**Why not ");
        Assert.Equal("csharp", page.Blocks[0].Language);
        Assert.True(code < why && why < whyNot, $"{path}: what, code ({code}), why ({why}), why not ({whyNot})");
        Assert.True(page.Blocks[0].Text.Split('\n').Length <= 16, $"{path}: the first block is to be taken in at a glance");

        int LineOf(string text) => page.Lines.ToList().FindIndex(line => line.StartsWith(text, StringComparison.Ordinal)) + 1;
    }

    [Theory]
    [MemberData(nameof(Migrations))]
    public void What_a_table_of_migration_offers_exists(string path)
    {
        // The column is called "here". Words in code that begin with a capital are ours, .NET's or a type parameter.
        foreach (IReadOnlyList<string> row in Page.At(path).Rows.Where(static row => row.Count > 1))
        {
            foreach (string word in CodeIn(row[1]).SelectMany(static code => Name().Matches(Text().Replace(code, "")).Select(static match => match.Value)))
            {
                Assert.True(
                    Packages.Names.Contains(word) || Dotnet.Contains(word) || word.Length == 1,
                    $"{path}: '{word}' in '{row[1]}' is no public type or member");
            }
        }
    }

    [Theory]
    [MemberData(nameof(UsersPages))]
    public void Every_call_that_a_page_names_exists(string path)
    {
        // Between backticks, a capital and a bracket: `Create(n)`, `SharedRing<T>.Attach(name)`.
        foreach (string call in CodeIn(Page.At(path).Prose).SelectMany(static code => Call().Matches(code).Select(static match => match.Groups[1].Value)))
        {
            Assert.True(Packages.Names.Contains(call) || Dotnet.Contains(call) || Python3.Contains(call), $"{path}: there is no public {call}");
        }
    }

    [Fact]
    public void Every_kind_of_structure_is_in_the_protocol()
    {
        IEnumerable<string> kinds = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(static path => KindOfStructure().Matches(File.ReadAllText(path)))
            .Select(static match => match.Groups[1].Value);
        string[] documented = [.. Page.At("docs/protocol.md").Rows.SelectMany(static row => CodeIn(row[0]))];
        Assert.Contains("mutex", kinds);
        Assert.All(kinds, kind => Assert.Contains(kind, documented));
    }

    [Fact]
    public void Python_in_the_pages_is_Python()
    {
        Python python = Python.Any;
        foreach (CodeBlock block in Page.All.SelectMany(static page => page.Blocks).Where(static block => block.Language == "python"))
        {
            ProcessResult result = python.RunUnchecked("import sys; compile(sys.argv[1], sys.argv[2], 'exec')", block.Text, block.ToString());
            Assert.True(result.ExitCode == 0, $"{block}\n{result.Error}");
        }
    }

    // .NET's own, as far as the tables name it.
    private static readonly HashSet<string> Dotnet =
    [
        "Interlocked", "Increment", "Add", "Process", "ProcessStartInfo", "Dispose", "Span", "Memory", "Timeout", "InfiniteTimeSpan", "TimeSpan", "CancellationToken", "Task",
        "Environment", "ProcessPath", "FromKeyedServices", "AddMeter", "AddSource", "AddSingleton", "UnixFileMode", "JsonTypeInfo", "System", "Numerics", "Tensors",
    ];

    // What the pages say of Python's classes.
    private static readonly HashSet<string> Python3 =
    [
        "Array", "Barrier", "BoundedSemaphore", "Condition", "Event", "JoinableQueue", "Lock", "Mempool", "Namespace", "Pipe", "Queue", "RLock", "Ring", "Semaphore", "ShareMem",
        "SyncManager", "Value",
    ];

    private static IEnumerable<string> CodeIn(string cell) => Code().Matches(cell).Select(static match => match.Groups[1].Value);

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\b([A-Z]\w*)(?:<[^>`]*>)?\(")]
    private static partial Regex Call();

    [GeneratedRegex(@"\bKind = (?:new\()?""(\w+)""")]
    private static partial Regex KindOfStructure();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"(?<![\w/])[A-Z]\w*")]
    private static partial Regex Name();
}
