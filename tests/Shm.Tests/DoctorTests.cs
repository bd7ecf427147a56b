using System.Text.Json;

namespace Multiprocessing.Tests;

public sealed class DoctorTests
{
    [Fact]
    public void Each_check_has_a_status_and_what_is_amiss_has_an_advice() => Watchdog.Run(() =>
    {
        using var dead = new HeldManager();
        dead.Kill();

        JsonElement[] checks = [.. Tool.Json(3, "doctor").EnumerateArray()];

        Assert.Equal(
            ["room", "mode", "logout", "mappings", "memlock", "membarrier", "sockets", "dead", "others"],
            checks.Select(static check => check.GetProperty("check").GetString()));
        Assert.All(checks, static check =>
        {
            Assert.Contains(check.GetProperty("status").GetString(), (string[])["ok", "warn", "fail"]);
            Assert.NotEmpty(check.GetProperty("value").GetString()!);
            Assert.Equal(check.GetProperty("status").GetString() == "ok", check.GetProperty("advice").ValueKind == JsonValueKind.Null);
        });
        JsonElement ofTheDead = checks.Single(static check => check.GetProperty("check").GetString() == "dead");
        Assert.Contains("1 manager", ofTheDead.GetProperty("value").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, Tool.Run("gc").ExitCode);
        Assert.Contains("nothing is left of the dead", Tool.Run("doctor").Output, StringComparison.Ordinal);
    });

    [Fact]
    public void RemoveIPC_is_on_unless_the_last_file_that_names_it_says_no()
    {
        string root = Directory.CreateTempSubdirectory("shm-doctor-").FullName;
        try
        {
            Assert.True(SystemLimits.RemoveIpcIn(SystemLimits.ConfigurationFiles(root)));
            Write(root, "etc/systemd/logind.conf", "[Login]\n#RemoveIPC=yes\nRemoveIPC = no\n");
            Assert.False(SystemLimits.RemoveIpcIn(SystemLimits.ConfigurationFiles(root)));
            Write(root, "usr/lib/systemd/logind.conf.d/50-ipc.conf", "[Login]\nRemoveIPC=yes\n");
            Assert.True(SystemLimits.RemoveIpcIn(SystemLimits.ConfigurationFiles(root)));
            Write(root, "etc/systemd/logind.conf.d/50-ipc.conf", "[Login]\nRemoveIPC=off\n");
            Assert.False(SystemLimits.RemoveIpcIn(SystemLimits.ConfigurationFiles(root)));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static void Write(string root, string path, string text)
    {
        string file = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
