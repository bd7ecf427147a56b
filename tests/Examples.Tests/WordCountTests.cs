using System.Globalization;
using System.Text;

namespace Multiprocessing.Tests;

/// <summary>examples/WordCount against a count of the whole text, in one piece and by other means.</summary>
public sealed class WordCountTests
{
    /// <summary>What is awkward to cut: long characters, marks, broken UTF-8, separators of one to four bytes, line ends.</summary>
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "the", "The", "THE", "of", "naïve", "na\u0308ive", "Straße", "ÉCOLE", "école", "日本語", "слово", "СЛОВО", "x", "42", "٤٢", "a1b2",
            "\U00010400\U00010401", "\U00010428\U00010429", "𝒳", "\U0001F600", "don't", "co-op", "e\u0301\u0302", "\u0301", "İ", "ſ", "ﬁ", "½", "_",
            " ", " ", " ", " ", "\n", "\n", "\r\n", "\t", "\0", "\u00a0", "\u3000", "\u2028", "\ufeff", ".", ", ", "…", "—",
            new string('w', 300), new string('é', 300),
        }.Select(Encoding.UTF8.GetBytes),

        // No UTF-8: stray bytes, cut-off characters, an overlong form, a surrogate, past the last character.
        [0xff], [0x80], [0xc3], [0xe6, 0x97], [0xf0, 0x9d, 0x92], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80],
    ];

    public static TheoryData<int, int> SeedsAndWorkers() => new MatrixTheoryData<int, int>([1, 2, 3], [1, 2, 3, 7]);

    [Theory]
    [MemberData(nameof(SeedsAndWorkers))]
    public void It_counts_exactly_what_one_process_counts(int seed, int workers)
    {
        var random = new Random(seed);
        byte[] text = [.. Enumerable.Range(0, 4000).SelectMany(_ => Pieces[random.Next(Pieces.Length)])];
        AssertCount(text, workers);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("é")]
    [InlineData(" ")]
    [InlineData("one\n")]
    [InlineData("ein zwei")]
    [InlineData("noASCIIseparatorｈｅｒｅ　一つ　二つ　一つ")]
    [InlineData("一つ　二つ　一つ")]
    public void A_short_text_is_counted_by_more_workers_than_it_has_words(string text)
    {
        AssertCount(Encoding.UTF8.GetBytes(text), 1);
        AssertCount(Encoding.UTF8.GetBytes(text), 7);
    }

    [Fact]
    public void A_word_longer_than_all_parts_is_one_word() => AssertCount(Encoding.UTF8.GetBytes("a " + new string('é', 100_000) + " b"), 7);

    [Fact]
    public void The_order_is_by_count_and_then_ordinal() => Watchdog.Run(() =>
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("text", "b é a c b a z Z é"u8.ToArray());
        Assert.Equal(
            ["       2  a", "       2  b", "       2  z", "       2  é", "       1  c"],
            Example.Lines(Example.Run("WordCount", file, "2")).Where(line => line.StartsWith("    ", StringComparison.Ordinal)));
    });

    [Fact]
    public void Without_arguments_it_counts_the_checkout() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        string[] lines = Example.Lines(Example.Run("WordCount"));
        string[] files = [.. CheckoutFiles()];
        byte[][] contents = [.. files.Select(File.ReadAllBytes)];
        var expected = new Count([.. contents.SelectMany(content => (byte[])[.. content, 0])]);
        Assert.Equal($"files     {files.Length}", lines[0]);
        Assert.Equal($"bytes     {contents.Sum(content => content.Length)}", lines[1]);
        Assert.Equal($"workers   {Environment.ProcessorCount}", lines[2]);
        Assert.Equal([.. expected.Totals, .. expected.Top.Take(10), "left in shared memory: 0"], lines[(3 + Environment.ProcessorCount)..]);
        before.AssertUnchanged();
    });

    [Fact]
    public void Its_own_executable_does_the_same_from_another_folder() => Watchdog.Run(() =>
    {
        using var folder = new TemporaryFolder();
        folder.File("text", "to be or not to be"u8.ToArray());
        string host = Path.ChangeExtension(Example.Dll("WordCount"), OperatingSystem.IsWindows() ? ".exe" : null);
        var start = new System.Diagnostics.ProcessStartInfo(host, ["text", "2", "1"]) { WorkingDirectory = folder.Path };
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Example.DotnetHost);
        string[] lines = Example.Lines(Example.ToEnd(start, Watchdog.DefaultLimit));
        Assert.Equal(["lines     0", "words     6", "distinct  4", "       2  be", "left in shared memory: 0"], lines[5..]);
    });

    [Theory]
    [InlineData("text", "0")]
    [InlineData("text", "257")]
    [InlineData("text", "-1")]
    [InlineData("text", "two")]
    [InlineData("text", "99999999999")]
    [InlineData("text", "2", "x")]
    [InlineData("text", "2", "3", "4")]
    [InlineData("--help")]
    [InlineData("")]
    [InlineData("--worker", "name")]
    public void Bad_arguments_are_said(params string[] arguments) => Watchdog.Run(() =>
    {
        ProcessResult result = Example.Run("WordCount", arguments);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("usage: WordCount [FILE] [WORKERS] [TOP]\n", result.Error, StringComparison.Ordinal);
    });

    [Fact]
    public void A_file_that_is_not_there_or_is_a_folder_is_said() => Watchdog.Run(() =>
    {
        using var folder = new TemporaryFolder();
        foreach (string path in (string[])[Path.Combine(folder.Path, "nowhere"), Path.Combine(folder.Path, "no", "where"), folder.Path])
        {
            ProcessResult result = Example.Run("WordCount", path);
            Assert.Equal((1, ""), (result.ExitCode, result.Output));
            Assert.StartsWith("WordCount: ", result.Error, StringComparison.Ordinal);
            Assert.Contains(path, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }
    });

    private static void AssertCount(byte[] text, int workers) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using var folder = new TemporaryFolder();
        string file = folder.File("text", text);
        var expected = new Count(text);

        string[] lines = Example.Lines(Example.Run("WordCount", file, $"{workers}", $"{int.MaxValue}"));

        Assert.Equal(["files     1", $"bytes     {text.Length}", $"workers   {workers}"], lines[..3]);
        Assert.All(lines[3..(3 + workers)], (line, i) => Assert.StartsWith($"worker    {i + 1}: bytes ", line, StringComparison.Ordinal));
        Assert.Equal([.. expected.Totals, .. expected.Top, "left in shared memory: 0"], lines[(3 + workers)..]);
        before.AssertUnchanged();
    });

    /// <summary>As git sees it, but without git: the folders that .gitignore names, and hidden ones, are left out.</summary>
    private static IEnumerable<string> CheckoutFiles() =>
        Directory.EnumerateFiles(Repository.Root, "*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".md", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal)
                || Path.GetFileName(file) == "LICENSE")
            .Where(file => !Path.GetRelativePath(Repository.Root, file).Split('/')[..^1].Any(folder =>
                folder[0] == '.' || folder is "bin" or "obj" or "artifacts" or "TestResults" or "BenchmarkDotNet.Artifacts"));

    /// <summary>The plain way: the whole text as a string, words gathered by one loop, sorted by LINQ.</summary>
    private sealed class Count
    {
        internal Count(byte[] text)
        {
            var words = new List<string>();
            var word = new StringBuilder();
            string characters = Encoding.UTF8.GetString(text);
            foreach (Rune rune in characters.ToLowerInvariant().EnumerateRunes())
            {
                if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
                    or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
                    or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
                {
                    word.Append(rune);
                }
                else if (word.Length > 0)
                {
                    words.Add(word.ToString());
                    word.Clear();
                }
            }

            if (word.Length > 0)
            {
                words.Add(word.ToString());
            }

            (string Word, int Times)[] groups = [.. words.GroupBy(found => found, StringComparer.Ordinal).Select(group => (group.Key, group.Count()))];
            Totals = [$"lines     {characters.Count(c => c == '\n')}", $"words     {words.Count}", $"distinct  {groups.Length}"];
            Top =
            [
                .. groups.Order(Comparer<(string Word, int Times)>.Create((x, y) =>
                        x.Times != y.Times ? y.Times.CompareTo(x.Times) : string.CompareOrdinal(x.Word, y.Word)))
                    .Select(group => $"{group.Times,8}  {group.Word}"),
            ];
        }

        internal string[] Totals { get; }

        internal string[] Top { get; }
    }
}
