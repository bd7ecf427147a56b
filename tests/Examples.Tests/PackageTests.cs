using System.Diagnostics;
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Multiprocessing.Tests;

/// <summary>The packages, as their users get them: what is in them, and the quick start in a project that knows nothing but them.</summary>
public sealed partial class PackageTests(PackageFeed feed) : IClassFixture<PackageFeed>
{
    [Fact]
    public void Every_package_says_what_it_is_and_holds_documentation_and_symbols() => Watchdog.Run(() =>
    {
        DotnetCli.RequireSuccess(feed.Result, "dotnet pack");
        Assert.InRange(PackageFeed.Projects.Length, 9, int.MaxValue);
        Assert.Equal(
            PackageFeed.Projects.Select(project => $"{PackageFeed.Id(project)}.{feed.Version}.nupkg").Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(feed.Path, "*.nupkg").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (string id in PackageFeed.Projects.Select(PackageFeed.Id))
        {
            XElement metadata = feed.Metadata(id);
            string? Said(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;
            Assert.Equal((id, feed.Version, "MIT", "README.md"), (Said("id"), Said("version"), Said("license"), Said("readme")));
            Assert.False(string.IsNullOrWhiteSpace(Said("description")) || Said("description") == "Package Description", $"{id} has no description.");
            Assert.False(string.IsNullOrWhiteSpace(Said("tags")) || string.IsNullOrWhiteSpace(Said("authors")), $"{id} has no tags, or no authors.");
            Assert.All(
                metadata.Descendants().Where(static e => e.Name.LocalName == "dependency" && ((string)e.Attribute("id")!).StartsWith("Multiprocessing.", StringComparison.Ordinal)),
                dependency => Assert.Equal(feed.Version, (string?)dependency.Attribute("version")));

            bool isTool = feed.IsTool(id);
            string place = isTool ? "tools/net10.0/any" : "lib/net10.0";
            using ZipArchive package = feed.Open(id);
            Assert.NotNull(package.GetEntry($"{place}/{id}.dll"));
            Assert.True(isTool || package.GetEntry($"{place}/{id}.xml") is { Length: > 100 }, $"{id} has no documentation.");
            using var readme = new StreamReader(package.GetEntry("README.md")!.Open());
            Assert.DoesNotMatch(RelativeLink(), readme.ReadToEnd());

            using ZipArchive symbols = feed.Open(id, "snupkg");
            AssertSourcesAreNamedFromTheRoot(symbols.GetEntry($"{place}/{id}.pdb")!);
        }
    });

    [Fact]
    public void The_quick_start_runs_from_packages_built_and_published_and_killed() => Watchdog.Run(DotnetCli.Limit, () =>
    {
        DotnetCli.RequireSuccess(feed.Result, "dotnet pack");
        ShmSnapshot before = ShmSnapshot.Take();
        using var folder = new TemporaryFolder();
        NewProject(folder);
        DotnetCli.RequireSuccess(feed.Dotnet(folder.Path, "build"), "dotnet build");
        string built = Path.Combine(folder.Path, "bin", "Debug", "net10.0", "QuickStart.dll");
        QuickStartTests.AssertOutput(Run(Example.DotnetHost, "exec", built));

        DotnetCli.RequireSuccess(feed.Dotnet(folder.Path, "publish", "--no-build", "-c", "Debug", "-o", "out"), "dotnet publish");
        QuickStartTests.AssertOutput(Run(Path.Combine(folder.Path, "out", "QuickStart")));

        using (Process process = Process.Start(new ProcessStartInfo(Example.DotnetHost, ["exec", built]) { RedirectStandardOutput = true })!)
        {
            // It has a block and a list by then, and starts its child.
            Assert.StartsWith("manager  ", process.StandardOutput.ReadLine(), StringComparison.Ordinal);
            process.Kill();
            process.WaitForExit();
        }

        before.AssertUnchanged();
        foreach (string id in PackageFeed.Projects.Select(PackageFeed.Id).Where(feed.IsTool))
        {
            AssertToolRuns(folder, id);
        }

        before.AssertUnchanged();
    });

    [Fact]
    public void The_quick_start_runs_from_packages_as_a_self_contained_single_file() => Watchdog.Run(DotnetCli.Limit, () =>
    {
        DotnetCli.RequireSuccess(feed.Result, "dotnet pack");
        ShmSnapshot before = ShmSnapshot.Take();
        using var folder = new TemporaryFolder();
        NewProject(folder);
        ProcessResult result = feed.Dotnet(
            folder.Path, "publish", "--self-contained", "-r", RuntimeInformation.RuntimeIdentifier, "-p:PublishSingleFile=true", "-o", "out");
        DotnetCli.RequireSuccess(result, "dotnet publish --self-contained");
        Assert.Equal(["QuickStart"], Directory.EnumerateFiles(Path.Combine(folder.Path, "out")).Select(Path.GetFileName).Where(static name => !name!.EndsWith(".pdb", StringComparison.Ordinal)));
        QuickStartTests.AssertOutput(Run(Path.Combine(folder.Path, "out", "QuickStart")));
        before.AssertUnchanged();
    });

    /// <summary>A console project outside the checkout, which refers to all packages that can be referred to.</summary>
    private void NewProject(TemporaryFolder folder)
    {
        string references = string.Concat(PackageFeed.Projects.Select(PackageFeed.Id).Where(id => !feed.IsTool(id))
            .Select(id => $"<PackageReference Include=\"{id}\" Version=\"[{feed.Version}]\" />"));
        folder.File("QuickStart.csproj", System.Text.Encoding.UTF8.GetBytes(
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>{references}</ItemGroup>
            </Project>
            """));
        File.Copy(Path.Combine(Repository.Root, "examples", "QuickStart", "Program.cs"), Path.Combine(folder.Path, "Program.cs"));
    }

    private void AssertToolRuns(TemporaryFolder folder, string id)
    {
        using ZipArchive package = feed.Open(id);
        using Stream settings = package.GetEntry("tools/net10.0/any/DotnetToolSettings.xml")!.Open();
        string command = (string)XDocument.Load(settings).Descendants("Command").Single().Attribute("Name")!;
        string path = Path.Combine(folder.Path, "tools");
        ProcessResult installed = feed.Dotnet(folder.Path, "tool", "install", id, "--version", feed.Version, "--tool-path", path);
        DotnetCli.RequireSuccess(installed, $"dotnet tool install {id}");
        Assert.StartsWith("0.1.0", Assert.Single(Run(Path.Combine(path, command), "--version")), StringComparison.Ordinal);
    }

    private static string[] Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        DotnetCli.Clean(start);
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Example.DotnetHost);
        return Example.Lines(Example.ToEnd(start, Watchdog.DefaultLimit));
    }

    /// <summary>A path of the machine that built it would make the same sources another package.</summary>
    private static void AssertSourcesAreNamedFromTheRoot(ZipArchiveEntry pdb)
    {
        using var bytes = new MemoryStream();
        using (Stream stream = pdb.Open())
        {
            stream.CopyTo(bytes);
        }

        bytes.Position = 0;
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(bytes);
        MetadataReader reader = provider.GetMetadataReader();
        string[] sources = [.. reader.Documents.Select(handle => reader.GetString(reader.GetDocument(handle).Name))];
        Assert.NotEmpty(sources);

        // What was generated for this test lies in its own folder.
        Assert.All(
            sources.Where(static source => PackageFeed.IsDeterministic && !source.Contains("/artifacts/obj/", StringComparison.Ordinal)),
            static source => Assert.StartsWith("/_", source, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\]\((?!https://)")]
    private static partial Regex RelativeLink();
}
