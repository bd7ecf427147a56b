using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Multiprocessing.Bench;

/// <summary>A program that starts a manager, writes one byte into a block and ends, from the outside.</summary>
internal static class WholeProcesses
{
    private const string Note =
        "The wall time of a process by the clock of the one that starts it, files in the page cache: neither a first run after a boot nor "
        + "processor time (ours runs its server beside the program, and kills it before it is up). ";

    internal static IEnumerable<Row> All(Contest contest, IReadOnlyList<Python> pythons)
    {
        string folder = Directory.CreateTempSubdirectory("psm-bench-").FullName;
        try
        {
            string? published = TryPublish(folder);
            Series[] results = contest.Run(
            [
                () => Programs.Time(Ours(Metadata("OneshotProgram"))).TotalNanoseconds,
                published is null ? Contest.Missing : () => Programs.Time(Ours(published)).TotalNanoseconds,
                .. pythons.Select(python => (Func<double>)(() => Programs.Time(python.StartInfo(PythonPeer.Script("oneshot.py"))).TotalNanoseconds)),
            ]);
            string[] what = ["whole process, as built", "whole process, published with ReadyToRun"];
            string[] notes = [Note + "The library is compiled as it runs.", Note + "What the publishing takes, and the size that it adds, are not in it."];
            (string Name, Series Series)[] peers = pythons.Count == 0
                ? [("CPython", Series.NotInstalled)]
                : [.. pythons.Select((python, i) => (NameOf(python, pythons), results[what.Length + i]))];
            return what.SelectMany((text, i) => peers.Select(peer => new Row(text, results[i], peer.Name, peer.Series, Goal.Faster(1.2), notes[i])));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string NameOf(Python python, IReadOnlyList<Python> pythons) =>
        pythons.Count(other => other.Version == python.Version) == 1 ? python.Name : $"{python.Name} ({python.Path})";

    /// <summary>Publishes into a folder, and builds there too: what others build meanwhile is left alone. Null if a package that this takes is not to be had.</summary>
    private static string? TryPublish(string folder)
    {
        string output = Path.Combine(folder, "published");
        var start = new ProcessStartInfo("dotnet",
        [
            "publish", Metadata("OneshotProject"), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "false",
            "-p:PublishReadyToRun=true", "-o", output, "--artifacts-path", Path.Combine(folder, "artifacts"), "--disable-build-servers", "-v", "quiet",
        ]);
        try
        {
            Programs.Output(start);
        }
        catch (InvalidOperationException e)
        {
            Console.Error.WriteLine(e.Message);
            return null;
        }

        return Path.Combine(output, "oneshot");
    }

    private static ProcessStartInfo Ours(string program)
    {
        var start = new ProcessStartInfo(program + (OperatingSystem.IsWindows() ? ".exe" : ""));

        // An executable finds an installed runtime by itself, and one that lies elsewhere by this: the one that runs here, either way.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return start;
    }

    private static string Metadata(string key) =>
        typeof(WholeProcesses).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == key).Value!;
}
