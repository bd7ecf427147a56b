using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Multiprocessing.Tests;

/// <summary>Runs the <c>dotnet</c> command as a user would: without what <c>dotnet test</c> tells its children, and with nothing of it left running.</summary>
internal static partial class DotnetCli
{
    // A restore that found no feed, or nothing in it. The runtime of a self-contained application is a package.
    private static readonly string[] NoPackage = ["error NU1101", "error NU1102", "error NU1301"];

    internal static TimeSpan Limit { get; } = TimeSpan.FromMinutes(10);

    internal static ProcessResult Run(string folder, params string[] arguments) => Run(folder, static _ => { }, arguments);

    /// <summary>Runs it in a folder, after <paramref name="configure"/> has seen to its environment.</summary>
    internal static ProcessResult Run(string folder, Action<IDictionary<string, string?>> configure, params string[] arguments)
    {
        // Of the command's verbs, those of msbuild take its options.
        string[] quiet = arguments[0] is "tool" ? [] : ["-nodeReuse:false", "--tl:off", "-p:UseSharedCompilation=false"];
        var start = new ProcessStartInfo(Example.DotnetHost, [.. arguments, .. quiet]) { WorkingDirectory = folder };
        Clean(start);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";
        start.Environment["DOTNET_NOLOGO"] = "1";
        configure(start.Environment);
        return Example.ToEnd(start, Limit);
    }

    /// <summary>Asserts that it succeeded without a warning. Where there is no feed with what it needs the test is skipped (<see cref="Peer"/>).</summary>
    internal static void RequireSuccess(ProcessResult result, string what)
    {
        if (NoPackage.Any(result.Output.Contains))
        {
            Peer.Require(false, $"package feed with what this needs: {what}\n{result.Output}");
        }

        Assert.True(result.ExitCode == 0, $"{what}: exit code {result.ExitCode}.\n{result.Output}\n{result.Error}");
        Assert.DoesNotMatch(Warning(), result.Output);
    }

    /// <summary>Takes away what <c>dotnet test</c> and the test host tell their own children: they would build with another SDK, or not at all.</summary>
    internal static void Clean(ProcessStartInfo start)
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

    // Not the count of them that ends a build.
    [GeneratedRegex(@"warning [A-Z]+[0-9]+|: warning ")]
    private static partial Regex Warning();
}
