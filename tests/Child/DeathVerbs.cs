using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Multiprocessing.Tests;

/// <summary>What a child process does when it is to be killed in the middle of it: it says when it begins.</summary>
internal static class DeathVerbs
{
    private const int BigBlock = 4 << 20;

    internal static IEnumerable<(string Verb, Action<string[]> Run)> All =>
    [
        ("manager-shutdown", Shutdown),
        ("manager-restart", Restart),
        ("manager-create", CreateAsOwner),
        ("manager-family", Family),
        ("client-create", CreateAsClient),
        ("client-make", Make),
        ("abandon", Abandon),
        ("server-abandon", AbandonServer),
    ];

    /// <summary>Owns a manager with so many blocks; says the server's pid and its id; shuts down after a line, and says that it begins, and how many went.</summary>
    private static void Shutdown(string[] args)
    {
        using var manager = SharedMemoryManager.Start();
        for (int i = int.Parse(args[0], CultureInfo.InvariantCulture); i > 0; i--)
        {
            manager.CreateBlock(64).Dispose();
        }

        manager.ListBlocks();
        Say($"{manager.ServerProcessId} {manager.Id}");
        Console.ReadLine();
        Say("ending");
        Say(manager.Shutdown().Removed);
        Console.ReadLine();
    }

    /// <summary>Owns a manager with blocks; says the server's pid when it is up, and that of each that follows as soon as there is one.</summary>
    private static void Restart(string[] args)
    {
        using var manager = SharedMemoryManager.Start(new() { Logger = new RestartTeller() });
        manager.CreateBlock(64).Dispose();
        manager.CreateList(1, 2).Dispose();
        manager.ListBlocks();
        Say(manager.ServerProcessId);
        Console.ReadLine();
    }

    private static void CreateAsOwner(string[] args)
    {
        using var manager = SharedMemoryManager.Start();
        Create(manager);
    }

    private static void CreateAsClient(string[] args)
    {
        using var manager = SharedMemoryManager.Connect();
        Create(manager);
    }

    /// <summary>Says the server's pid, and then makes big blocks, whose creation takes long, and releases them, until it is killed.</summary>
    private static void Create(SharedMemoryManager manager)
    {
        Say(manager.ServerProcessId);
        while (true)
        {
            using SharedMemory block = manager.CreateBlock(BigBlock);
            manager.Release(block.Name);
        }
    }

    /// <summary>Owns a manager, and starts a client of it that is in the same process group; both make blocks until they are killed.</summary>
    private static void Family(string[] args)
    {
        using var manager = SharedMemoryManager.Start();
        Say(manager.ServerProcessId);
        string[] client = ["exec", Environment.GetCommandLineArgs()[0], "client-churn"];
        using Process? started = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, client).UseManager(manager));
        while (true)
        {
            manager.CreateBlock(64).Dispose();
            Thread.Sleep(1);
        }
    }

    /// <summary>Joins a manager, says the name of its first block, and makes more until it is killed. With <c>release</c> they go with it.</summary>
    private static void Make(string[] args)
    {
        using var manager = SharedMemoryManager.Connect(null, new() { ReleaseOnDeath = args is ["release"] });
        for (int i = 0; ; i++)
        {
            using SharedMemory block = manager.CreateBlock(64);
            if (i == 0)
            {
                Say(block.Name);
            }
            else if (i % 10 == 0)
            {
                Thread.Sleep(1);
            }
        }
    }

    /// <summary>Makes a manager up to the state that is asked for, says its id, and is killed.</summary>
    private static void Abandon(string[] args)
    {
        using var half = new HalfManager();
        HalfManager.States[args[0]](half);
        Say(half.Id);
        Die();
    }

    /// <summary>Is the server of an owner, and is killed before the step of its end that is asked for.</summary>
    private static void AbandonServer(string[] args)
    {
        var server = new ManagerServer(ServerSettings.FromEnvironment()!) { AbandonBefore = Enum.Parse<ServerEnding>(args[0]) };
        server.Run(Console.OpenStandardInput(), Console.OpenStandardOutput());
        Die();
    }

    private static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    private static void Say(object what)
    {
        Console.WriteLine(Convert.ToString(what, CultureInfo.InvariantCulture));
        Console.Out.Flush();
    }

    /// <summary>Says the pid of each server that the owner starts after another.</summary>
    private sealed class RestartTeller : ILogger
    {
        private const string Key = "ServerProcessId";

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                foreach (KeyValuePair<string, object?> value in values.Where(value => value.Key == Key))
                {
                    Say(value.Value!);
                }
            }
        }
    }
}
