using System.IO.Compression;
using System.Xml.Linq;

namespace Multiprocessing.Tests;

/// <summary>A folder with a package of every project under src, packed now, of a version that no cache has.</summary>
public sealed class PackageFeed : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Packs them all at once.</summary>
    public PackageFeed()
    {
        string solution = _folder.File("all.slnx", System.Text.Encoding.UTF8.GetBytes(
            $"<Solution>{string.Concat(Projects.Select(static project => $"<Project Path=\"{project}\" />"))}</Solution>"));
        string artifacts = System.IO.Path.Combine(_folder.Path, "artifacts");

        // Style and correctness are the build's to check, and cost half of the time.
        Result = DotnetCli.Run(
            _folder.Path, "pack", solution, "-c", "Release", "--artifacts-path", artifacts, $"-p:Version={Version}", "-p:RunAnalyzers=false", $"-p:ContinuousIntegrationBuild={IsDeterministic}");
        Path = System.IO.Path.Combine(artifacts, "package", "release");
    }

    /// <summary>All projects under src: one that is added is packed, and looked at, by itself.</summary>
    internal static string[] Projects { get; } =
        [.. Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories).Where(static path => !path.Contains("/obj/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Whether sources are named from the root of the repository: that needs one.</summary>
    internal static bool IsDeterministic { get; } =
        Directory.Exists(System.IO.Path.Combine(Repository.Root, ".git")) || File.Exists(System.IO.Path.Combine(Repository.Root, ".git"));

    internal string Version { get; } = $"0.1.0-test.{Guid.NewGuid():N}";

    /// <summary>What the packing said.</summary>
    internal ProcessResult Result { get; }

    internal string Path { get; }

    /// <summary>The id of a project's package.</summary>
    internal static string Id(string project) => $"Multiprocessing.{System.IO.Path.GetFileNameWithoutExtension(project)}";

    internal ZipArchive Open(string id, string extension = "nupkg") => ZipFile.OpenRead(System.IO.Path.Combine(Path, $"{id}.{Version}.{extension}"));

    internal XElement Metadata(string id)
    {
        using ZipArchive package = Open(id);
        using Stream stream = package.GetEntry($"{id}.nuspec")!.Open();
        XElement root = XDocument.Load(stream).Root!;
        return root.Element(root.Name.Namespace + "metadata")!;
    }

    /// <summary>Whether a package is a tool, to be installed and not referred to.</summary>
    internal bool IsTool(string id) => Metadata(id).Descendants().Any(static element => element.Name.LocalName == "packageType" && (string?)element.Attribute("name") == "DotnetTool");

    /// <summary>Runs the <c>dotnet</c> command with this feed beside the user's own, and with a folder of packages that nobody else uses.</summary>
    internal ProcessResult Dotnet(string folder, params string[] arguments)
    {
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

        // Other people's packages need not be fetched again.
        string fallback = Directory.Exists(cache) ? $"<fallbackPackageFolders><add key=\"cache\" value=\"{cache}\" /></fallbackPackageFolders>" : "";
        File.WriteAllText(
            System.IO.Path.Combine(folder, "nuget.config"),
            $"<configuration><packageSources><add key=\"packed\" value=\"{Path}\" /></packageSources>{fallback}</configuration>");
        return DotnetCli.Run(folder, environment => environment["NUGET_PACKAGES"] = System.IO.Path.Combine(_folder.Path, "packages"), arguments);
    }

    /// <summary>Takes all of it away.</summary>
    public void Dispose() => _folder.Dispose();
}
