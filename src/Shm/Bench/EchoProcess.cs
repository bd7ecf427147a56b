using System.Diagnostics;

namespace Multiprocessing.Shm;

/// <summary>This program once more, which sends back what it is sent through a ring. It ends with its parent, whose end of the pipe it reads.</summary>
internal sealed class EchoProcess : IDisposable
{
    /// <summary>What asks it to end.</summary>
    private const long Last = -1;

    private readonly Process _process;
    private readonly SharedRing<long> _there;
    private readonly SharedRing<long> _back;

    internal EchoProcess(SharedRing<long> there, SharedRing<long> back)
    {
        _there = there;
        _back = back;
        string[] program = Environment.ProcessPath is string path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? [path, Environment.GetCommandLineArgs()[0]] : [Environment.ProcessPath!];
        _process = Process.Start(new ProcessStartInfo(program[0], [.. program[1..], "bench", EchoOption, there.Name, back.Name]) { RedirectStandardInput = true })!;
    }

    /// <summary>How the other process is told.</summary>
    internal const string EchoOption = "--echo";

    /// <summary>Sends so many messages, one after the other, and waits for each to come back.</summary>
    internal void RoundTrips(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _there.Enqueue(i);
            while (!_back.TryDequeue(out _, TimeSpan.FromSeconds(1)))
            {
                if (_process.HasExited)
                {
                    throw new IOException("The process that sends messages back has ended.");
                }
            }
        }
    }

    /// <summary>What the other process does.</summary>
    internal static void Run(string there, string back)
    {
        using SharedRing<long> input = SharedRing<long>.Attach(there);
        using SharedRing<long> output = SharedRing<long>.Attach(back);
        new Thread(EndWithParent) { IsBackground = true }.Start();
        for (long message = input.Dequeue(); message != Last; message = input.Dequeue())
        {
            output.Enqueue(message);
        }
    }

    private static void EndWithParent()
    {
        Console.OpenStandardInput().ReadByte();
        Environment.Exit(ExitCode.Failed);
    }

    public void Dispose()
    {
        _there.TryEnqueue(Last);
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
