namespace Multiprocessing.Tests;

public sealed class TerminalTests
{
    private const int Width = 100;

    [Fact]
    public void At_a_terminal_there_is_a_tree_in_colours_that_NO_COLOR_takes_away() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start();
        using SharedMemory block = manager.CreateBlock(1000);
        using ShareableList list = manager.CreateList("howdy", 41);
        string id = block.Name.Split('_')[1];
        using var terminal = new Terminal(Width);

        terminal.Type($"{Tool.DotnetHost} exec {Tool.Dll} ls {id}; echo do''ne");
        Eventually.True(() => terminal.Screen().Contains("done", StringComparison.Ordinal), "the list");
        string[] lines = Lines(terminal.Screen());
        int at = Array.FindIndex(lines, line => line.StartsWith("NAME ", StringComparison.Ordinal));
        Assert.True(at >= 0, string.Join('\n', lines));
        Assert.StartsWith($"manager {id}: alive, owner {Environment.ProcessId}, server {manager.ServerProcessId}, ", lines[at + 1], StringComparison.Ordinal);
        Assert.StartsWith($"├─ {block.Name}  block  1000 B  4.0 KiB  0600", lines[at + 2], StringComparison.Ordinal);
        Assert.StartsWith($"└─ {list.Name}  list ", lines[at + 3], StringComparison.Ordinal);
        Assert.Contains("done", lines[(at + 4)..]);
        Assert.All(lines, static line => Assert.True(line.Length <= Width));
        Assert.Contains("\e[32m", terminal.Screen(withEscapes: true), StringComparison.Ordinal);

        terminal.Type("clear");
        Eventually.True(() => !terminal.Screen().Contains("done", StringComparison.Ordinal), "an empty screen");
        terminal.Type($"NO_COLOR=1 {Tool.DotnetHost} exec {Tool.Dll} ls {id}; echo do''ne");
        Eventually.True(() => terminal.Screen().Contains("done", StringComparison.Ordinal), "the list");
        Assert.Contains($"└─ {list.Name}", terminal.Screen(), StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", terminal.Screen(withEscapes: true), StringComparison.Ordinal);
    });

    private static string[] Lines(string screen) => [.. screen.Split('\n').Select(static line => line.TrimEnd()).Where(static line => line.Length > 0)];
}
