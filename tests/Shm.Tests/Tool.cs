using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Multiprocessing.Tests;

/// <summary>Runs the built tool as a process, as a user does.</summary>
internal static class Tool
{
    /// <summary>The host of the runtime that runs this test, from the runtime's folder.</summary>
    internal static string DotnetHost { get; } = Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>The tool, which lies beside the tests.</summary>
    internal static string Dll { get; } = Path.Combine(AppContext.BaseDirectory, "Multiprocessing.Shm.dll");

    /// <summary>Runs it to its end.</summary>
    internal static ProcessResult Run(params string[] arguments)
    {
        (int exitCode, byte[] output, string error) = RunRaw(arguments);
        return new ProcessResult(exitCode, Encoding.UTF8.GetString(output), error);
    }

    /// <summary>The same, with its output as it is.</summary>
    internal static (int ExitCode, byte[] Output, string Error) RunRaw(params string[] arguments) => RunRaw(DotnetHost, ["exec", Dll, .. arguments]);

    /// <summary>Starts it, to be talked to.</summary>
    internal static ConsoleProcess Start(params string[] arguments) => ConsoleProcess.StartProgram($"shm {arguments[0]}", [DotnetHost, "exec", Dll, .. arguments]);

    /// <summary>The command line of the tests' child with a verb, for the tool to run.</summary>
    internal static string[] Child(params string[] arguments) => [DotnetHost, "exec", Path.Combine(AppContext.BaseDirectory, "Child.dll"), .. arguments];

    /// <summary>Runs it in a shell, in which <c>$shm</c> is the tool.</summary>
    internal static (int ExitCode, byte[] Output, string Error) RunShell(string script) =>
        RunRaw("/bin/sh", ["-c", $"shm='{DotnetHost} exec {Dll}'; {script}"]);

    /// <summary>Runs it for its JSON, which must be that alone.</summary>
    internal static JsonElement Json(params string[] arguments) => Json(0, arguments);

    /// <inheritdoc cref="Json(string[])"/>
    internal static JsonElement Json(int exitCode, params string[] arguments)
    {
        ProcessResult result = Run([.. arguments, "--format", "json"]);
        Assert.True(result.ExitCode == exitCode, $"exit code {result.ExitCode}: {result.Output} {result.Error}");
        return JsonDocument.Parse(result.Output).RootElement;
    }

    private static (int ExitCode, byte[] Output, string Error) RunRaw(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        using var output = new MemoryStream();
        Task read = process.StandardOutput.BaseStream.CopyToAsync(output);
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Watchdog.DefaultLimit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"shm {string.Join(' ', arguments)} has not ended.");
        }

        Task.WaitAll(read, error);
        return (process.ExitCode, output.ToArray(), error.Result);
    }
}
