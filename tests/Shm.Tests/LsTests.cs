using System.Text.Json;

namespace Multiprocessing.Tests;

public sealed class LsTests
{
    [Fact]
    public void Its_JSON_CSV_and_table_are_what_they_were() => Watchdog.Run(() =>
    {
        using var manager = SharedMemoryManager.Start(new() { GuardNames = false });
        using SharedMemory block = manager.CreateBlock(1000);
        using ShareableList list = manager.CreateList("howdy", 41, null);
        using SharedArray<double> array = manager.CreateArray<double>(10, 20);
        using SharedMutex mutex = manager.CreateMutex();
        string id = block.Name.Split('_')[1];
        _ = manager.Address;

        Snapshot.Matches("ls.json", Tool.Run("ls", id, "--format", "json").Output, id);
        Snapshot.Matches("ls.csv", Tool.Run("ls", $"psm_{id}", "-f", "csv").Output, id);
        Snapshot.Matches("ls.txt", Tool.Run("ls", id).Output, id);
    });

    [Fact]
    public void A_table_that_is_piped_has_neither_escapes_nor_cut_names() => Watchdog.Run(() =>
    {
        string name = $"long_{new string('x', 200)}_{Guid.NewGuid():N}";
        using var block = SharedMemory.Create(10, name);
        try
        {
            string output = Tool.Run("ls", "long_").Output;
            Assert.Contains(name, output, StringComparison.Ordinal);
            Assert.All(output, static c => Assert.True(c is '\n' or (>= ' ' and <= '~'), $"\\x{(int)c:x}"));
        }
        finally
        {
            block.Unlink();
        }
    });

    [Fact]
    public void It_tells_the_living_from_the_dead_and_who_has_what_mapped() => Watchdog.Run(() =>
    {
        using var living = new HeldManager();
        using var dead = new HeldManager();
        dead.Kill();

        JsonElement all = Tool.Json("ls");
        JsonElement alive = Manager(all, living.Id);
        Assert.Equal("alive", alive.GetProperty("state").GetString());
        Assert.True(alive.GetProperty("ownerAlive").GetBoolean());
        Assert.Equal(living.Owner, alive.GetProperty("ownerPid").GetInt32());
        Assert.Equal(living.Server, alive.GetProperty("serverPid").GetInt32());
        Assert.Equal(3, alive.GetProperty("blocks").GetInt32());
        Assert.Equal("dead", Manager(all, dead.Id).GetProperty("state").GetString());
        Assert.False(Manager(all, dead.Id).GetProperty("ownerAlive").GetBoolean());

        JsonElement block = all.GetProperty("blocks").EnumerateArray().Single(one => one.GetProperty("name").GetString() == living.Names[0]);
        Assert.Contains(block.GetProperty("processes").EnumerateArray(), process => process.GetProperty("pid").GetInt32() == living.Owner);
        Assert.Equal("list", all.GetProperty("blocks").EnumerateArray().Single(one => one.GetProperty("name").GetString() == living.Names[2]).GetProperty("kind").GetString());

        JsonElement onlyDead = Tool.Json("ls", "--dead");
        Assert.Equal([dead.Id], onlyDead.GetProperty("managers").EnumerateArray().Select(static one => one.GetProperty("id").GetString()));
        Assert.All(onlyDead.GetProperty("blocks").EnumerateArray(), one => Assert.Equal("dead", one.GetProperty("managerState").GetString()));
        Assert.Equal(3, onlyDead.GetProperty("blocks").GetArrayLength());
        Assert.Contains($"manager {dead.Id}: dead, owner {dead.Owner} (gone)", Tool.Run("ls").Output, StringComparison.Ordinal);
        Assert.Equal(0, Tool.Run("gc").ExitCode);
    });

    [Fact]
    public void Zeros_are_no_list_and_wrong_arguments_are_said_so() => Watchdog.Run(() =>
    {
        string name = $"zeros_{Guid.NewGuid():N}";
        using var block = SharedMemory.Create(4096, name);
        try
        {
            Assert.Equal("block", Tool.Json("ls", name).GetProperty("blocks")[0].GetProperty("kind").GetString());
        }
        finally
        {
            block.Unlink();
        }

        ProcessResult wrong = Tool.Run("ls", "--no-such-option");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Empty(wrong.Output);
        Assert.NotEmpty(wrong.Error);
    });

    private static JsonElement Manager(JsonElement picture, string id) =>
        picture.GetProperty("managers").EnumerateArray().Single(one => one.GetProperty("id").GetString() == id);
}
