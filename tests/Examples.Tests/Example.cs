using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Multiprocessing.Tests;

/// <summary>Runs an example, or any other program, to its end.</summary>
internal static class Example
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);

    /// <summary>The host of the runtime that runs this test, from the runtime's folder <c>…/shared/Microsoft.NETCore.App/10.0.x/</c>.</summary>
    internal static string DotnetHost { get; } = Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>The dll of an example, which lies beside the tests.</summary>
    internal static string Dll(string example) => Path.Combine(AppContext.BaseDirectory, $"{example}.dll");

    /// <summary>Runs an example with the <c>dotnet</c> host, as <c>dotnet run</c> does not but a script may.</summary>
    internal static ProcessResult Run(string example, params string[] arguments) => Run(_ => { }, example, arguments);

    /// <summary>Likewise, after <paramref name="configure"/> has seen to its environment, say.</summary>
    internal static ProcessResult Run(Action<ProcessStartInfo> configure, string example, params string[] arguments)
    {
        var start = new ProcessStartInfo(DotnetHost, ["exec", Dll(example), .. arguments]);
        configure(start);
        return ToEnd(start, Watchdog.DefaultLimit);
    }

    /// <summary>Runs a program to its end with an empty standard input; kills it and all that it started when it takes longer.</summary>
    /// <exception cref="TimeoutException">It has not ended in time, or something it started holds its outputs open.</exception>
    internal static ProcessResult ToEnd(ProcessStartInfo start, TimeSpan limit)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardOutputEncoding = start.StandardErrorEncoding = Encoding.UTF8;
        start.Environment["LC_ALL"] = "C.UTF-8";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{start.FileName}' has not ended within {limit.TotalSeconds} s.\n{Soon(output)}\n{Soon(error)}");
        }

        return Task.WaitAll([output, error], DrainLimit)
            ? new ProcessResult(process.ExitCode, output.Result.TrimEnd(), error.Result.TrimEnd())
            : throw new TimeoutException($"'{start.FileName}' has ended, and something that it started has not.\n{Soon(output)}\n{Soon(error)}");
    }

    /// <summary>Asserts that a program succeeded, and returns its lines.</summary>
    internal static string[] Lines(ProcessResult result)
    {
        Assert.True(result.ExitCode == 0, $"Exit code {result.ExitCode}.\n{result.Output}\n{result.Error}");
        Assert.Equal("", result.Error);
        return result.Output.Split('\n');
    }

    private static string Soon(Task<string> text) => text.Wait(DrainLimit) ? text.Result : "";
}
