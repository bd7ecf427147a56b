using Microsoft.Extensions.Logging;

namespace Multiprocessing.Tests;

/// <summary>Real hosts, as small as they come.</summary>
internal static class Hosts
{
    internal static HostApplicationBuilder Builder(LogLines? log = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddMetrics();
        if (log is not null)
        {
            builder.Logging.SetMinimumLevel(LogLevel.Information).AddProvider(log);
        }

        return builder;
    }

    /// <summary>Runs a body in a host with a manager, and asserts that nothing is left after it.</summary>
    internal static void Run(Action<IServiceCollection> configure, Func<IHost, Task> body, LogLines? log = null) => Watchdog.RunAsync(async () =>
    {
        ShmSnapshot before = ShmSnapshot.Take();
        HostApplicationBuilder builder = Builder(log);
        configure(builder.Services);
        using (IHost host = builder.Build())
        {
            await body(host);
        }

        before.AssertUnchanged();
    }).GetAwaiter().GetResult();

    /// <summary>Kills the server that there is, and waits until there is another that answers.</summary>
    internal static void KillServer(SharedMemoryManager manager)
    {
        int server = manager.ServerProcessId;
        Assert.True(Signals.Send(server, Signals.Kill));
        Eventually.True(() => manager.ServerProcessId != server, "the next server");
        manager.ListBlocks();
    }

    /// <summary>A script to be run as the <c>dotnet</c> host of a server.</summary>
    internal static string Script(string folder, string text)
    {
        string path = Path.Combine(folder, "host.sh");
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>Makes a folder for a body, and takes it away.</summary>
    internal static async Task WithFolder(Func<string, Task> body)
    {
        string folder = Directory.CreateTempSubdirectory("hosting-").FullName;
        try
        {
            await body(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
