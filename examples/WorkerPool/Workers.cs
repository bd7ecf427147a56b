using System.Diagnostics;
using Multiprocessing;

namespace WorkerPool;

/// <summary>So many worker processes at any time: one that dies is followed by another.</summary>
internal sealed class Workers
{
    private readonly SharedMemoryManager _manager;
    private readonly Action _afterDeath;
    private readonly string[] _arguments;
    private readonly int _mostDeaths;
    private readonly Process?[] _processes;
    private readonly Thread[] _threads;
    private int _deaths;
    private string? _failure;

    /// <summary>Starts them.</summary>
    /// <param name="manager">The manager that they join.</param>
    /// <param name="count">How many.</param>
    /// <param name="mostDeaths">How many deaths are taken for accidents; one more is a fault of the program.</param>
    /// <param name="afterDeath">Called for each, before the next one is started.</param>
    /// <param name="arguments">Theirs.</param>
    internal Workers(SharedMemoryManager manager, int count, int mostDeaths, Action afterDeath, params string[] arguments)
    {
        (_manager, _mostDeaths, _afterDeath, _arguments) = (manager, mostDeaths, afterDeath, arguments);
        _processes = new Process?[count];
        _threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() => Keep(i)) { IsBackground = true })];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>How many have died and were replaced.</summary>
    internal int Deaths => Volatile.Read(ref _deaths);

    /// <summary>Why there will be no more of them; null if all is well.</summary>
    internal string? Failure => Volatile.Read(ref _failure);

    /// <summary>Kills one of them, whatever it is at; false if there was none just then.</summary>
    internal bool KillOne(Random random)
    {
        try
        {
            Process? victim = Volatile.Read(ref _processes[random.Next(_processes.Length)]);
            victim?.Kill();
            return victim is not null;
        }
        catch (InvalidOperationException)
        {
            // It has ended, or its successor is about to be started.
            return false;
        }
    }

    /// <summary>Waits until all have ended by themselves.</summary>
    internal void Join() => Array.ForEach(_threads, thread => thread.Join());

    private void Keep(int slot)
    {
        while (Failure is null)
        {
            using Process process = Start();
            Volatile.Write(ref _processes[slot], process);
            process.WaitForExit();
            Volatile.Write(ref _processes[slot], null);
            if (process.ExitCode == 0)
            {
                return;
            }

            if (Interlocked.Increment(ref _deaths) > _mostDeaths)
            {
                Volatile.Write(ref _failure, $"{_deaths} workers died, the last with exit code {process.ExitCode}.");
            }

            _afterDeath();
        }
    }

    /// <summary>This program once more, with other arguments. Its input is held open for as long as this process lives.</summary>
    private Process Start()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        Array.ForEach(_arguments, start.ArgumentList.Add);
        return _manager.StartProcess(start);
    }
}
