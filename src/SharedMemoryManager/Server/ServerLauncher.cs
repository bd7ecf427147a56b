using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Multiprocessing;

/// <summary>
/// How this library is run as a program: with the <c>dotnet</c> host of the framework that runs the application, and with the
/// application's own runtime configuration and dependencies, as <c>dotnet exec</c> takes them. An application that has no such host (self-contained,
/// single file, native) is run itself, and becomes the server by <see cref="SharedMemoryManager.RunIfServer"/>.
/// </summary>
internal static class ServerLauncher
{
    /// <summary>The argument with which an application is run as the server.</summary>
    internal const string Argument = "--shared-memory-manager-server";

    private static readonly string[] Inherited = ["PATH", "HOME", "TMPDIR", "TMP", "TEMP", "SystemRoot", "LD_LIBRARY_PATH"];

    internal static ServerCommand Command(ServerSettings settings, string? hostPath, LeaseFile lease)
    {
        (string file, string[] arguments) = Program(hostPath);
        return new ServerCommand(file, arguments, EnvironmentOf(settings), lease);
    }

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An empty location is what says that this is a single file.")]
    private static (string File, string[] Arguments) Program(string? hostPath)
    {
        string library = typeof(ServerLauncher).Assembly.Location;
        string? host = hostPath ?? (library.Length > 0 ? FrameworkHost() : null);
        if (host is null)
        {
            return (Environment.ProcessPath!, [Argument]);
        }

        string? dependencies = ApplicationDependencies();
        string? configuration = dependencies is null ? null : dependencies[..^".deps.json".Length] + ".runtimeconfig.json";
        if (!File.Exists(configuration))
        {
            configuration = Directory.EnumerateFiles(AppContext.BaseDirectory, "*.runtimeconfig.json").FirstOrDefault()
                ?? throw new SharedMemoryManagerException(
                    SharedMemoryManagerError.ServerNotStarted,
                    $"No *.runtimeconfig.json lies in {AppContext.BaseDirectory}: the server needs it to run with the framework of the "
                    + "application. Call SharedMemoryManager.RunIfServer(args) first in Main of an application that has none.");
        }

        return dependencies is null
            ? (host, ["exec", "--runtimeconfig", configuration, library])
            : (host, ["exec", "--runtimeconfig", configuration, "--depsfile", dependencies, library]);
    }

    /// <summary>The host of a shared framework: <c>ROOT/shared/Microsoft.NETCore.App/VERSION</c> has it in its ROOT.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "An empty location is what says that this is a single file.")]
    private static string? FrameworkHost()
    {
        string core = typeof(object).Assembly.Location;
        string? root = core.Length == 0 ? null : Path.GetFullPath(Path.Combine(core, "..", "..", "..", ".."));
        string host = root is null ? "" : Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(host) ? host : null;
    }

    /// <summary>The application's own <c>*.deps.json</c>; the runtime lists it before the frameworks'.</summary>
    private static string? ApplicationDependencies()
    {
        foreach (string file in (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "").Split(';'))
        {
            if (file.StartsWith(AppContext.BaseDirectory, StringComparison.Ordinal) && File.Exists(file))
            {
                return file;
            }
        }

        return null;
    }

    /// <summary>
    /// Little of the application's environment: its profilers, start-up hooks and garbage collector settings are not meant for us.
    /// </summary>
    private static List<string> EnvironmentOf(ServerSettings settings)
    {
        List<string> environment =
        [
            $"{ServerSettings.EnvironmentVariable}={settings}",

            // Small and quick to start; and no diagnostics socket, which a killed process would leave in the folder of temporary files.
            "DOTNET_EnableDiagnostics=0",
            "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1",
            "DOTNET_TieredPGO=0",
            "DOTNET_gcServer=0",
            "DOTNET_gcConcurrent=0",
            "DOTNET_EnableWriteXorExecute=0",
        ];
        if (settings.Python is PythonEndpoint python)
        {
            environment.Add($"{PythonEndpoint.ServerVariable}={python}");
        }

        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (Array.IndexOf(Inherited, name) >= 0 || name.StartsWith("DOTNET_ROOT", StringComparison.Ordinal))
            {
                environment.Add($"{name}={variable.Value}");
            }
        }

        return environment;
    }
}
