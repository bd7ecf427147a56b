using System.Text.Json;

namespace Multiprocessing.Tests;

public sealed class BenchTests
{
    [Fact]
    public void It_measures_all_that_it_names_and_leaves_nothing() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        JsonElement[] rows = [.. Tool.Json("bench").EnumerateArray()];
        Assert.Equal(
            ["block-4k", "block-1m", "attach", "list-get", "list-set", "mutex", "ring-round-trip", "rpc", "manager"],
            rows.Select(static row => row.GetProperty("name").GetString()!));
        Assert.All(rows, static row =>
        {
            double median = row.GetProperty("medianNanoseconds").GetDouble();
            Assert.True(median > 0 && row.GetProperty("minNanoseconds").GetDouble() <= median && median <= row.GetProperty("maxNanoseconds").GetDouble(), row.ToString());
            Assert.True(row.GetProperty("samples").GetInt32() >= 5);
        });
        before.AssertUnchanged();
    });

    [Theory]
    [InlineData(Signals.Interrupt)]
    [InlineData(Signals.Kill)]
    public void Ended_in_the_middle_it_leaves_nothing_either(int signal) => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using (ConsoleProcess bench = Tool.Start("bench"))
        {
            Eventually.True(() => SharedMemory.List().Any(static block => block.Name.EndsWith("_bench", StringComparison.Ordinal)), "it measures");
            bench.Signal(signal);
            Assert.Equal(128 + signal, bench.WaitForExit());
        }

        before.AssertUnchanged();
    });
}
