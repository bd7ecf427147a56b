using System.Text.Json;

namespace Multiprocessing.Tests;

public sealed class TopTests
{
    [Fact]
    public void At_a_terminal_it_shows_managers_and_blocks_until_q_and_gives_the_terminal_back() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory large = manager.CreateBlock(3 << 20);
        using ShareableList small = manager.CreateList("howdy", 41);
        _ = manager.Address;
        using var terminal = new Terminal(100, 30);
        terminal.Type("echo before; stty -g");
        Eventually.True(() => terminal.Screen().Contains("before\n", StringComparison.Ordinal), "the shell answers");
        string[] settings = Settings(terminal);

        terminal.Type($"{Tool.DotnetHost} exec {Tool.Dll} top --interval 0.2");
        Eventually.True(() => terminal.Screen().Contains("q quit", StringComparison.Ordinal), "a frame");
        string frame = terminal.Screen();
        Assert.DoesNotContain("before", frame, StringComparison.Ordinal);
        Assert.Matches($@"{manager.Id} +alive +2 +3\.0 MiB +\d+[sm] +{manager.ServerProcessId} +{Environment.ProcessId} ", frame);
        Assert.Matches($@"{large.Name} +block +3\.0 MiB +3\.0 MiB +\d+[sm] +{manager.Id} +{Environment.ProcessId}", frame);
        Assert.Matches($@"{small.Name} +list ", frame);
        Assert.True(frame.IndexOf(large.Name, StringComparison.Ordinal) < frame.IndexOf(small.Name, StringComparison.Ordinal), "the largest comes first");

        // A block more is a rate; keys sort; a smaller terminal gets smaller frames.
        using SharedMemory more = manager.CreateBlock(4 << 20);
        Eventually.True(() => terminal.Screen().Contains(more.Name, StringComparison.Ordinal), "the next frame");
        terminal.Press("n");
        Eventually.True(() => terminal.Screen().Contains("(now name)", StringComparison.Ordinal), "another order");
        frame = terminal.Screen();
        Assert.True(frame.IndexOf(large.Name, StringComparison.Ordinal) < frame.IndexOf(more.Name, StringComparison.Ordinal), "by name");
        terminal.Resize(60, 12);
        Eventually.True(() => terminal.Screen().TrimEnd().Split('\n')[^1].StartsWith("q quit", StringComparison.Ordinal) && terminal.Screen().TrimEnd().Split('\n').Length <= 12, "it fits");
        terminal.Resize(100, 30);

        terminal.Press("q");
        Eventually.True(() => terminal.Screen().Contains("before", StringComparison.Ordinal), "what was there before");
        Assert.DoesNotContain("q quit", terminal.Screen(), StringComparison.Ordinal);
        terminal.Type("clear; echo after; stty -g");
        Eventually.True(() => Settings(terminal).Length > 0 && terminal.Screen().Contains("after\n", StringComparison.Ordinal), "the shell answers");
        Assert.Equal(settings, Settings(terminal));

        // Ctrl-C, likewise.
        terminal.Type($"clear; {Tool.DotnetHost} exec {Tool.Dll} top");
        Eventually.True(() => terminal.Screen().Contains("q quit", StringComparison.Ordinal), "a frame");
        terminal.Press("C-c");
        Eventually.True(() => !terminal.Screen().Contains("q quit", StringComparison.Ordinal), "the end");
        terminal.Type("clear; echo again; stty -g");
        Eventually.True(() => Settings(terminal).Length > 0 && terminal.Screen().Contains("again\n", StringComparison.Ordinal), "the shell answers");
        Assert.Equal(settings, Settings(terminal));
    });

    [Fact]
    public void Elsewhere_it_writes_a_frame_as_text_or_lines_of_JSON_or_CSV() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(5000);

        ProcessResult text = Tool.Run("top");
        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        Assert.DoesNotContain('\e', text.Output);
        Assert.DoesNotContain("q quit", text.Output, StringComparison.Ordinal);
        Assert.Contains(block.Name, text.Output, StringComparison.Ordinal);
        Assert.Contains("blocks made -, unlinked -", text.Output, StringComparison.Ordinal);

        JsonElement[] looks = [.. Tool.Run("top", "-f", "json", "--count", "3", "--interval", "0.1").Output.TrimEnd().Split('\n').Select(static line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(3, looks.Length);
        Assert.Equal(JsonValueKind.Null, looks[0].GetProperty("createdPerSecond").ValueKind);
        Assert.True(looks[1].GetProperty("createdPerSecond").GetDouble() >= 0);
        Assert.All(looks, look =>
        {
            Assert.Equal(look.GetProperty("total").GetInt64(), look.GetProperty("used").GetInt64() + look.GetProperty("free").GetInt64());
            Assert.Contains(look.GetProperty("managers").EnumerateArray(), one => one.GetProperty("id").GetString() == manager.Id);
            JsonElement seen = look.GetProperty("blocks").EnumerateArray().Single(one => one.GetProperty("name").GetString() == block.Name);
            Assert.Contains(seen.GetProperty("processes").EnumerateArray(), static process => process.GetProperty("pid").GetInt32() == Environment.ProcessId);
        });

        string[] csv = Tool.Run("top", "-f", "csv", "--count", "2", "--interval", "0.1").Output.TrimEnd().Split("\r\n");
        Assert.Equal("time,total,used,free,managers,blocks,bytes,createdPerSecond,unlinkedPerSecond", csv[0]);
        Assert.Equal(3, csv.Length);
    });

    [Fact]
    public void It_ends_quietly_when_nobody_reads_on_and_says_what_makes_no_sense() => Watchdog.Run(() =>
    {
        (int exitCode, byte[] output, string error) = Tool.RunShell("$shm top -f json --interval 0.1 | head -n 1 | cut -c 1-9; echo done");
        Assert.Equal((0, "{\"time\":\"\ndone\n", ""), (exitCode, System.Text.Encoding.UTF8.GetString(output), error));
        Assert.Equal(2, Tool.Run("top", "--interval", "0").ExitCode);
        Assert.Equal(2, Tool.Run("top", "--interval", "soon").ExitCode);
        Assert.Equal(2, Tool.Run("top", "--count", "-1").ExitCode);
        Assert.Equal(2, Tool.Run("top", "--sort", "colour").ExitCode);
    });

    [Fact]
    public void What_was_made_and_unlinked_between_two_looks_is_its_rate()
    {
        var looker = new Shm.TopLooker();
        using var kept = SharedMemory.Create(10);
        Assert.Null(looker.Look().Created);
        try
        {
            using var made = SharedMemory.Create(10);
            Shm.TopLook look = looker.Look();
            Assert.True(look.Created > 0);
            made.Unlink();
            look = looker.Look();
            Assert.True(look.Unlinked > 0);

            // The same name again is another block.
            kept.Unlink();
            using var again = SharedMemory.Create(10, kept.Name);
            look = looker.Look();
            Assert.True(look.Created > 0 && look.Unlinked > 0);
        }
        finally
        {
            SharedMemory.TryUnlink(kept.Name);
        }
    }

    /// <summary>The lines that <c>stty -g</c> has written.</summary>
    private static string[] Settings(Terminal terminal) => [.. terminal.Screen().Split('\n').Where(static line => line.Count(static c => c == ':') > 20)];
}
