using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

/// <summary>
/// QuickStart in every form in which an application is published. What differs is how the server is started: with the <c>dotnet</c> host
/// where there is one, or else by running the application itself (<c>RunIfServer</c>).
/// </summary>
public sealed class PublishTests(PublishTests.Artifacts artifacts) : IClassFixture<PublishTests.Artifacts>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    // A restore that found no feed, or nothing in it. The runtime of a self-contained application is a package.
    private static readonly string[] NoPackage = ["error NU1101", "error NU1102", "error NU1301"];

    [Fact]
    public void Self_contained_and_trimmed() => Publishes("--self-contained", "-r", Rid, "-p:PublishTrimmed=true", "-p:TrimmerSingleWarn=false");

    [Fact]
    public void Self_contained_single_file() => Publishes("--self-contained", "-r", Rid, "-p:PublishSingleFile=true");

    [Fact]
    public void Framework_dependent() => Publishes();

    [Fact]
    public void Framework_dependent_single_file() => Publishes("--no-self-contained", "-r", Rid, "-p:PublishSingleFile=true");

    private static string Rid => RuntimeInformation.RuntimeIdentifier;

    private void Publishes(params string[] options) => Watchdog.Run(Limit, () =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using var folder = new TemporaryFolder();
        string program = Publish(folder.Path, options);

        // From a folder of its own, and with nothing but what was published.
        string elsewhere = Directory.CreateDirectory(Path.Combine(folder.Path, "elsewhere")).FullName;
        var start = new ProcessStartInfo(program) { WorkingDirectory = elsewhere };
        Clean(start);
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Example.DotnetHost);
        QuickStartTests.AssertOutput(Example.Lines(Example.ToEnd(start, Watchdog.DefaultLimit)));

        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
        before.AssertUnchanged();
    });

    /// <summary>Publishes without touching the checkout or a build that runs there, and returns the path of the program.</summary>
    private string Publish(string folder, string[] options)
    {
        string output = Path.Combine(folder, "out");
        var start = new ProcessStartInfo(
            Example.DotnetHost,
            [
                "publish", Path.Combine(Repository.Root, "examples", "QuickStart"), "-o", output, "--artifacts-path", artifacts.Path,
                "--disable-build-servers", "-nodeReuse:false", "--tl:off", .. options,
            ])
        {
            WorkingDirectory = folder,
        };
        Clean(start);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";
        start.Environment["DOTNET_NOLOGO"] = "1";

        ProcessResult result = Example.ToEnd(start, Limit);
        if (NoPackage.Any(result.Output.Contains))
        {
            Peer.Require(false, $"package feed with what a publish needs:\n{result.Output}");
        }

        Assert.True(result.ExitCode == 0, $"dotnet publish {string.Join(' ', options)}: exit code {result.ExitCode}.\n{result.Output}\n{result.Error}");
        Assert.DoesNotContain("warning", result.Output, StringComparison.OrdinalIgnoreCase);
        return Path.Combine(output, OperatingSystem.IsWindows() ? "QuickStart.exe" : "QuickStart");
    }

    /// <summary>Where all of them build: what does not differ between the forms, the library above all, is compiled once.</summary>
    public sealed class Artifacts : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        internal string Path => _folder.Path;

        public void Dispose() => _folder.Dispose();
    }

    /// <summary>Takes away what <c>dotnet test</c> and the test host tell their own children: they would build with another SDK, or not at all.</summary>
    private static void Clean(ProcessStartInfo start)
    {
        foreach (string name in start.Environment.Keys.ToArray())
        {
            if (name != "DOTNET_CLI_HOME"
                && (name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
                    || name.StartsWith("DOTNET_", StringComparison.OrdinalIgnoreCase)
                    || name.StartsWith("VSTEST_", StringComparison.OrdinalIgnoreCase)))
            {
                start.Environment.Remove(name);
            }
        }
    }
}
