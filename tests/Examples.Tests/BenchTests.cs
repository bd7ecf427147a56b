using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Multiprocessing.Tests;

/// <summary>bench/peers and bench/growth keep working: very short runs of them, whose figures nobody looks at.</summary>
public sealed class BenchTests
{
    private const string Figures = @"[0-9.]+ / [0-9.]+ / [0-9.]+ (ns|µs|ms|s)";
    private const string Header = "| what | goal | ours: min / median / max | peer | peer: min / median / max | ratio of medians | met | not measured |";

    private static readonly string[] Charts = ["growth-size", "growth-blocks"];

    [Fact]
    public void A_run_beside_a_peer_writes_its_part_of_the_page_and_leaves_the_rest() => Watchdog.Run(() =>
    {
        Python python = Python.Any;
        ShmSnapshot before = ShmSnapshot.Take();
        using var folder = new TemporaryFolder();
        string page = folder.File("page.md", "# By hand\n\n<!-- bench/peers: begin. Written by the program; what is changed here by hand is lost. -->\nold\n<!-- bench/peers: end -->\n\nmore\n"u8.ToArray());
        ProcessResult result = Example.Run("bench", "--only", "attach", "--only", "shutdown", "--rounds", "1", "--python", python.Path, "--report", page);
        Assert.True(result.ExitCode == 0, result.Error);

        string text = File.ReadAllText(page);
        Assert.StartsWith("# By hand\n\n<!-- bench/peers: begin.", text, StringComparison.Ordinal);
        Assert.EndsWith("<!-- bench/peers: end -->\n\nmore\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\nold\n", text, StringComparison.Ordinal);
        Assert.Matches("\nGoals: 1; (1 met, 0|0 met, 1) NOT met, 0 not measured\\.\n", text);
        Assert.Contains($"\n{Header}\n", text, StringComparison.Ordinal);
        string name = $"CPython {python.Version}".Replace(".", @"\.", StringComparison.Ordinal);
        Assert.Matches($@"\n\| block of 4 KiB: attach \+ close \| ≥ 2x as fast \| {Figures} \| {name}[^|]* \| {Figures} \| [0-9.]+x \| (yes|NO) \| \(1\) \|\n", text);
        Assert.Matches($@"\n\| shutdown of a manager with 500 blocks \| – \| {Figures} \| {name}[^|]* \| {Figures} \| [0-9.]+x \| – \| \(2\) \|\n", text);
        Assert.Matches(@"\n1\. .+\n2\. .+\n", text);
        before.AssertUnchanged();
    });

    [Fact]
    public void A_peer_that_is_not_installed_leaves_its_row() => Watchdog.Run(() =>
    {
        using var folder = new TemporaryFolder();
        string page = Path.Combine(folder.Path, "page.md");
        ProcessResult result = Example.Run(start => start.Environment["PATH"] = folder.Path, "bench", "--only", "uncontended", "--rounds", "1", "--report", page);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("locks.c: ", result.Error, StringComparison.Ordinal);
        string text = File.ReadAllText(page);
        Assert.Matches($@"\n\| mutex: enter \+ exit \| ≤ 2x its time \| {Figures} \| robust pthread mutex, C \| not installed \| – \| not measured \| \(1\) \|\n", text);
        Assert.Matches($@"\n\| mutex: enter \+ exit \| ≥ 5x as fast \| {Figures} \| .NET named Mutex \| {Figures} \| [0-9.]+x \| (yes|NO) \| \(1\) \|\n", text);
    });

    [Fact]
    public void Growth_draws_its_charts() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using var folder = new TemporaryFolder();
        string page = Path.Combine(folder.Path, "page.md");
        ProcessResult result = Example.Run(
            "growth", "--only", "size", "--only", "blocks", "--rounds", "1", "--most-bytes", "1048576", "--most-blocks", "100", "--report", page);
        Assert.True(result.ExitCode == 0, result.Error);

        string text = File.ReadAllText(page);
        Assert.Contains("| 1 MiB | ", text, StringComparison.Ordinal);
        Assert.Contains("\nGoals: 4; 0 met, 0 NOT met, 4 not measured.\n", text, StringComparison.Ordinal);
        foreach (string chart in Charts)
        {
            Assert.Contains($"\n![{chart}](charts/{chart}.svg)\n", text, StringComparison.Ordinal);
            XElement svg = XDocument.Load(Path.Combine(folder.Path, "charts", $"{chart}.svg")).Root!;
            Assert.NotEmpty(svg.Elements(svg.Name.Namespace + "polyline"));
            Assert.Contains("prefers-color-scheme: dark", svg.Element(svg.Name.Namespace + "style")!.Value, StringComparison.Ordinal);
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void A_run_that_is_killed_leaves_nothing() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        var start = new ProcessStartInfo(Example.DotnetHost, ["exec", Example.Dll("bench"), "--only", "uncontended", "--rounds", "1000"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using Process bench = Process.Start(start)!;
        while (bench.StandardError.ReadLine() is { } line && !line.StartsWith("uncontended", StringComparison.Ordinal))
        {
        }

        Eventually.True(() => Directory.EnumerateFiles("/dev/shm").Any(file => Regex.IsMatch(file, "/psm_[0-9a-f]{12}_b[0-9]+$")), "it has made something");
        bench.Kill();
        bench.WaitForExit();

        // Its process lease is whoever's comes next.
        SharedMemoryManager.Reclaim();
        before.AssertUnchanged();
    });
}
