using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Multiprocessing.Tests;

/// <summary>
/// QuickStart in every form in which an application is published. What differs is how the server is started: with the <c>dotnet</c> host
/// where there is one, or else by running the application itself (<c>RunIfServer</c>).
/// </summary>
public sealed class PublishTests(PublishTests.Artifacts artifacts) : IClassFixture<PublishTests.Artifacts>
{
    [Fact]
    public void Self_contained_and_trimmed() => Publishes("--self-contained", "-r", Rid, "-p:PublishTrimmed=true", "-p:TrimmerSingleWarn=false");

    [Fact]
    public void Self_contained_single_file() => Publishes("--self-contained", "-r", Rid, "-p:PublishSingleFile=true");

    [Fact]
    public void Framework_dependent() => Publishes();

    [Fact]
    public void Framework_dependent_single_file() => Publishes("--no-self-contained", "-r", Rid, "-p:PublishSingleFile=true");

    private static string Rid => RuntimeInformation.RuntimeIdentifier;

    private void Publishes(params string[] options) => Watchdog.Run(DotnetCli.Limit, () =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        using var folder = new TemporaryFolder();
        string program = Publish(folder.Path, options);

        // From a folder of its own, and with nothing but what was published.
        string elsewhere = Directory.CreateDirectory(Path.Combine(folder.Path, "elsewhere")).FullName;
        var start = new ProcessStartInfo(program) { WorkingDirectory = elsewhere };
        DotnetCli.Clean(start);
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Example.DotnetHost);
        QuickStartTests.AssertOutput(Example.Lines(Example.ToEnd(start, Watchdog.DefaultLimit)));

        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
        before.AssertUnchanged();
    });

    /// <summary>Publishes without touching the checkout or a build that runs there, and returns the path of the program.</summary>
    private string Publish(string folder, string[] options)
    {
        string output = Path.Combine(folder, "out");
        ProcessResult result = DotnetCli.Run(
            folder, ["publish", Path.Combine(Repository.Root, "examples", "QuickStart"), "-o", output, "--artifacts-path", artifacts.Path, "--disable-build-servers", .. options]);
        DotnetCli.RequireSuccess(result, $"dotnet publish {string.Join(' ', options)}");
        return Path.Combine(output, OperatingSystem.IsWindows() ? "QuickStart.exe" : "QuickStart");
    }

    /// <summary>Where all of them build: what does not differ between the forms, the library above all, is compiled once.</summary>
    public sealed class Artifacts : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        internal string Path => _folder.Path;

        public void Dispose() => _folder.Dispose();
    }
}
