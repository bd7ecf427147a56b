using System.Text.RegularExpressions;

namespace Multiprocessing.Tests;

/// <summary>The model of the wake word, checked in all its states by spin (docs/models/wake_word.pml).</summary>
public sealed partial class ModelTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nobody_sleeps_for_ever(bool kills) => Watchdog.Run(() =>
    {
        (long errors, long states) = Check(File.ReadAllText(Model), kills);
        Assert.Equal(0, errors);
        Assert.InRange(states, 10_000, long.MaxValue);
    });

    /// <summary>What the model is good for: without these steps somebody would, and it says so.</summary>
    [Theory]
    [InlineData(":: sequence == seen -> queued", ":: true -> queued")]
    [InlineData("atomic { sequence++ };", "skip;")]
    [InlineData(":: sleepers > 0 -> STEP; wake_one()", ":: sleepers > 1 -> STEP; wake_one()")]
    public void A_protocol_that_is_wrong_is_found_out(string step, string wrong) => Watchdog.Run(() =>
    {
        string model = File.ReadAllText(Model);
        Assert.Contains(step, model, StringComparison.Ordinal);
        Assert.NotEqual(0, Check(model.Replace(step, wrong, StringComparison.Ordinal), kills: false).Errors);
    });

    private static string Model => Path.Combine(AppContext.BaseDirectory, "wake_word.pml");

    private static (long Errors, long States) Check(string model, bool kills)
    {
        Peer.Require(Find("spin") && Find("cc"), "spin and a C compiler (Debian: spin, gcc)");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("wake-word-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "model.pml"), model);
            string[] options = kills ? ["-DKILLS"] : [];
            Run(folder, "spin", [.. options, "-a", "model.pml"]);
            Run(folder, "cc", ["-w", "-O1", "-o", "pan", "pan.c"]);
            string said = Run(folder, Path.Combine(folder.FullName, "pan"), ["-m100000"]);
            return (Number(said, Errors()), Number(said, States()));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Run(DirectoryInfo folder, string program, string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {output}");
        return output;
    }

    private static long Number(string text, Regex pattern)
    {
        Match match = pattern.Match(text);
        Assert.True(match.Success, text);
        return long.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static bool Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    [GeneratedRegex(@"errors: (\d+)")]
    private static partial Regex Errors();

    [GeneratedRegex(@"(\d+) states, stored")]
    private static partial Regex States();
}
