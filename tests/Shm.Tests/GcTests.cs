using System.Globalization;
using System.Text.Json;

namespace Multiprocessing.Tests;

public sealed class GcTests
{
    private const string OwnProcesses = "unshare --mount --pid --fork --mount-proc";

    [Fact]
    public void The_dead_are_found_with_their_proof_and_removed_once() => Watchdog.Run(() =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using var dead = new HeldManager();
        dead.Kill();

        JsonElement found = Tool.Json(3, "gc", "--dry-run");
        JsonElement manager = found.EnumerateArray().Single(static one => one.GetProperty("kind").GetString() == "manager");
        Assert.Equal(dead.Id, manager.GetProperty("name").GetString());
        Assert.Contains("lock", manager.GetProperty("proof").GetString(), StringComparison.Ordinal);
        Assert.Superset(dead.Names.ToHashSet(), manager.GetProperty("removed").EnumerateArray().Select(static one => one.GetString()!).ToHashSet());
        Assert.All(dead.Names, name => Assert.True(SharedMemory.Exists(name)));

        ProcessResult gone = Tool.Run("gc");
        Assert.Equal(0, gone.ExitCode);
        Assert.Contains($"manager {dead.Id}: The lock of /dev/shm/.psm_{dead.Id}.lease was free", gone.Output, StringComparison.Ordinal);
        Assert.All(dead.Names, name => Assert.Contains($"  removed {name}\n", gone.Output, StringComparison.Ordinal));
        Assert.All(dead.Names, name => Assert.False(SharedMemory.Exists(name)));
        Assert.Equal((0, "nothing of the dead\n"), (Tool.Run("gc", "-n").ExitCode, Tool.Run("gc", "-n").Output));
        before.AssertUnchanged();
    });

    [Fact]
    public void The_living_and_the_stopped_are_never_touched() => Watchdog.Run(() =>
    {
        using var living = new HeldManager();
        living.Signal(Signals.Stop);
        using ChildProcess process = ChildProcess.Start("lease-hold");
        ulong lease = ulong.Parse(process.ReadLine(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        process.Signal(Signals.Stop);

        Assert.Equal(0, Tool.Json("gc", "--dry-run").GetArrayLength());
        Assert.Equal(0, Tool.Json("gc").GetArrayLength());

        Assert.All(living.Names, name => Assert.True(SharedMemory.Exists(name)));
        Assert.True(ProcessLease.Exists(lease));
        process.Kill();
        JsonElement found = Tool.Json("gc");
        Assert.Equal($"{lease:x16}", Assert.Single(found.EnumerateArray()).GetProperty("name").GetString());
        Assert.False(ProcessLease.Exists(lease));
        living.Signal(Signals.Continue);
    });

    [Fact]
    public void Control_words_of_killed_users_and_sockets_without_a_lease_go_and_those_of_the_living_stay() => Watchdog.Run(() =>
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(file, new byte[4096]);
        string orphan = Path.Combine(Path.GetTempPath(), "psm_0123456789ab");
        Directory.CreateDirectory(orphan);
        try
        {
            using ChildProcess user = ChildProcess.Start("area-hold", $"file://{file}", "read");
            Assert.Equal("held", user.ReadLine());
            string words = Assert.Single(SharedMemory.List(), static block => block.Name.StartsWith("psm_area_", StringComparison.Ordinal)).Name;
            Assert.Equal([orphan], Names(Tool.Json(3, "gc", "--dry-run")));
            user.Kill();
            Assert.Contains(words, Names(Tool.Json(3, "gc", "--dry-run")));
            Assert.True(SharedMemory.Exists(words));

            JsonElement removed = Tool.Json("gc");
            Assert.Contains(words, Names(removed));
            Assert.Contains(orphan, Names(removed));
            Assert.False(SharedMemory.Exists(words));
            Assert.False(Directory.Exists(orphan));
        }
        finally
        {
            File.Delete(file);
        }
    });

    [Fact]
    public void What_is_foreign_goes_only_if_that_is_asked_for_and_nobody_has_it() => Watchdog.Run(() =>
    {
        SharedMemory.Create(100, "psm_0a1b2c3d").Dispose();
        using var mapped = SharedMemory.Create(100, "psm_1a1b2c3d");
        using FileStream open = File.OpenRead(NewOpenOnly("psm_2a1b2c3d"));
        SharedMemory.Create(100, "other_name").Dispose();
        try
        {
            Assert.Equal(0, Tool.Json("gc").GetArrayLength());
            bool seesAll = BlockMaps.Read().UnreadableProcesses == 0;
            if (!seesAll)
            {
                ProcessResult refused = Tool.Run("gc", "--foreign");
                Assert.Equal(1, refused.ExitCode);
                Assert.Contains("may not be looked at", refused.Error, StringComparison.Ordinal);
                Assert.True(SharedMemory.Exists("psm_0a1b2c3d"));

                // Where the tool has only its own processes before it, it may look at all of them; who has this block mapped is not among them.
                mapped.Unlink();
                Peer.Require(Tool.RunShell($"{OwnProcesses} true").ExitCode == 0, "right to make namespaces (unshare --mount --pid)");
            }

            (int exitCode, string found) = Gc("--dry-run --foreign --format json", seesAll);
            Assert.Equal((3, 1), (exitCode, JsonDocument.Parse(found).RootElement.GetArrayLength()));
            Assert.Equal(["psm_0a1b2c3d"], Names(JsonDocument.Parse(found).RootElement));
            Assert.Contains("Who made it is unknown", Gc("--foreign", seesAll).Output, StringComparison.Ordinal);
            Assert.False(SharedMemory.Exists("psm_0a1b2c3d"));
            Assert.True(SharedMemory.Exists(mapped.Name) == seesAll && SharedMemory.Exists("psm_2a1b2c3d") && SharedMemory.Exists("other_name"));
        }
        finally
        {
            foreach (string name in (string[])["psm_0a1b2c3d", "psm_1a1b2c3d", "psm_2a1b2c3d", "other_name"])
            {
                SharedMemory.TryUnlink(name);
            }
        }
    });

    /// <summary>Runs it with all processes of the machine before it, or with its own alone, of which the shell has a block open.</summary>
    private static (int ExitCode, string Output) Gc(string arguments, bool seesAll)
    {
        (int exitCode, byte[] output, string error) = Tool.RunShell(
            seesAll ? $"$shm gc {arguments}" : $"{OwnProcesses} sh -c \"exec 5< /dev/shm/psm_2a1b2c3d; $shm gc {arguments}; exit \\$?\"");
        Assert.Equal("", error);
        return (exitCode, System.Text.Encoding.UTF8.GetString(output));
    }

    private static string NewOpenOnly(string name)
    {
        SharedMemory.Create(100, name).Dispose();
        return $"/dev/shm/{name}";
    }

    private static IEnumerable<string?> Names(JsonElement findings) => findings.EnumerateArray().Select(static one => one.GetProperty("name").GetString());
}
