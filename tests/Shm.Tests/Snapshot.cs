using System.Text.RegularExpressions;

namespace Multiprocessing.Tests;

/// <summary>
/// Compares what the tool wrote with a file of <c>Snapshots/</c>, in which ids, processes, times and users have names. UPDATE_SNAPSHOTS=1 writes it anew, beside the sources.
/// </summary>
internal static class Snapshot
{
    /// <summary>Fails if it is not the same.</summary>
    /// <param name="name">The name of the file.</param>
    /// <param name="text">What was written.</param>
    /// <param name="managerId">The manager's id, of which the file says ID.</param>
    internal static void Matches(string name, string text, string managerId)
    {
        string normal = Normal(text, managerId);
        string path = Path.Combine(AppContext.BaseDirectory, "Snapshots", name);
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(Path.Combine(Sources(), "Snapshots", name), normal);
            return;
        }

        Assert.Equal(File.ReadAllText(path), normal, ignoreLineEndingDifferences: false);
    }

    private static string Normal(string text, string managerId)
    {
        text = text.Replace(managerId, "ID", StringComparison.Ordinal);
        (string Pattern, string Replacement)[] rules =
        [
            (@"""(ownerPid|serverPid|pid)"": \d+", @"""$1"": PID"),
            (@"""uid"": \d+", @"""uid"": UID"),

            // A machine may have processes that not even root may look at.
            (@"""unreadableProcesses"": \d+", @"""unreadableProcesses"": 0"),
            (@"(?m)^\d+ process(es)? of others may not be looked at.*\n", ""),
            (@"""command"": ""[^""\\]*(?:\\.[^""\\]*)*""", @"""command"": ""COMMAND"""),
            (@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "TIME"),
            (@"""[^""]*/psm_ID/socket""", @"""SOCKET"""),
            (@"owner \d+, server \d+, \d+[smh] old", "owner PID, server PID, AGE old"),
            (@"(\b0600|\b1777) +\d+[smhd]  \d+ \S.*", "$1  AGE  PID COMMAND"),
            (@",0600,\d+,TIME,ID,alive,(true|false),false,[^\r\n]*", ",0600,UID,TIME,ID,alive,$1,false,PID COMMAND"),
        ];
        foreach ((string pattern, string replacement) in rules)
        {
            text = Regex.Replace(text, pattern, replacement);
        }

        return text;
    }

    private static string Sources()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Shm.Tests.csproj")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new DirectoryNotFoundException("The sources of the tests are not above the tests.");
    }
}
