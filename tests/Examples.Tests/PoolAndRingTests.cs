using System.Globalization;

namespace Multiprocessing.Tests;

/// <summary>examples/PoolAndRing: every line goes through a block of the pool, through the ring, to a worker, and every block comes back.</summary>
public sealed class PoolAndRingTests
{
    private static readonly string[] Words = ["a", "line", "of", "naïve", "日本語", "42", "—", "Straße", "\t", "x9"];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 3)]
    [InlineData(20_000, 1)]
    [InlineData(20_000, 4)]
    public void The_workers_count_what_one_process_counts_and_all_blocks_are_back(int lines, int workers) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using var folder = new TemporaryFolder();
        var random = new Random(lines + workers);
        string[] text = [.. Enumerable.Range(0, lines).Select(_ => string.Join(' ', random.GetItems(Words, random.Next(12))))];
        string file = folder.File("text", System.Text.Encoding.UTF8.GetBytes(string.Concat(text.Select(static line => line + "\n"))));

        string[] said = Example.Lines(Example.Run("PoolAndRing", file, workers.ToString(CultureInfo.InvariantCulture)));

        long letters = text.Sum(static line => line.LongCount(char.IsLetter));
        Assert.Equal([$"{lines} lines sent; {workers} workers counted {lines} lines with {letters} letters; 64 of 64 blocks are back"], said);
        before.AssertUnchanged();
    });

    [Fact]
    public void What_is_wrong_is_said_and_nothing_is_left() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        ProcessResult result = Example.Run("PoolAndRing", "a", "b", "c");
        Assert.Equal((2, "usage: PoolAndRing [FILE] [WORKERS]"), (result.ExitCode, result.Error));
        before.AssertUnchanged();
    });
}
