using System.Diagnostics;

namespace Multiprocessing.Shm;

/// <summary>A command in a manager: what its processes make there is gone when the command has ended, or this process has, however.</summary>
/// <remarks>
/// What a death leaves: of the command, nothing, as the manager goes on and ends in its order; of this process by SIGKILL, the manager's server, which sees the end of its pipe,
/// hangs up on the command's processes, unlinks, and ends. (The command goes on without a manager.)
/// </remarks>
internal sealed class CommandRun
{
    /// <summary>How long news of the dead may take to the server: what a killed client had said, that it has gone.</summary>
    private static readonly TimeSpan NewsDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>The program and its arguments.</summary>
    internal required string[] Command { get; init; }

    /// <summary>Whether stock Python is to be able to join.</summary>
    internal bool Python { get; init; }

    /// <summary>Gets what was left; null if nobody wants to know.</summary>
    internal Action<LeakReport>? Report { get; init; }

    /// <summary>What to return if something was left and the command succeeded; null for what the command returned.</summary>
    internal int? LeakExitCode { get; init; }

    /// <summary>Runs it; returns what is to be this program's exit code.</summary>
    internal int Execute()
    {
        using var signals = new PassedSignals();
        bool looks = Report is not null || LeakExitCode is not null;
        StrayNames? strays = looks ? new StrayNames() : null;
        using var manager = SharedMemoryManager.Start(new() { PythonEndpoint = Python ? new() : null });
        IEnumerable<string> environment = new ProcessStartInfo().UseManager(manager).Environment.Select(static pair => $"{pair.Key}={pair.Value}");
        if (signals.Early is { } early)
        {
            return ExitCode.Signalled + CommandProcess.NumberOf(early);
        }

        CommandProcess command;
        try
        {
            command = CommandProcess.Start(Command[0], Command[1..], environment);
        }
        catch (FileNotFoundException e)
        {
            return Fail(e, ExitCode.NotFound);
        }
        catch (IOException e)
        {
            return Fail(e, ExitCode.NotExecutable);
        }

        signals.PassTo(command);
        int exitCode = command.WaitForExit();
        List<LeftBlock> left = looks ? Left(manager, command.Id) : [];
        IReadOnlyList<StrayName> stray = strays?.Find(manager, left) ?? [];
        SharedMemoryShutdownReport end = manager.Shutdown();
        foreach (string failure in end.NotRemoved)
        {
            Console.Error.WriteLine($"shm run: could not remove {failure}");
        }

        Report?.Invoke(new LeakReport(left, stray, end.Removed, end.NotRemoved));
        return exitCode != 0 ? exitCode
            : end.NotRemoved.Count > 0 ? ExitCode.Failed
            : LeakExitCode is int code && left.Count > 0 ? code
            : ExitCode.Done;
    }

    private static List<LeftBlock> Left(SharedMemoryManager manager, int commandId)
    {
        try
        {
            List<LeftBlock> left = LeftBlock.Of(manager, commandId);
            if (left.Count > 0)
            {
                // It may have gone meanwhile, with a client that has just ended, or be known better.
                Thread.Sleep(NewsDelay);
                left = LeftBlock.Of(manager, commandId);
            }

            return left;
        }
        catch (SharedMemoryManagerException e)
        {
            Console.Error.WriteLine($"shm run: what was left cannot be told. {e.Message}");
            return [];
        }
    }

    private static int Fail(IOException e, int exitCode)
    {
        Console.Error.WriteLine($"shm run: {e.Message}");
        return exitCode;
    }
}
