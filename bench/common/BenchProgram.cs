using System.CommandLine;
using System.Runtime.InteropServices;

namespace Multiprocessing.Bench;

/// <summary>What the main programs of bench do alike: options, the end by a signal, what goes wrong, exit codes.</summary>
internal static class BenchProgram
{
    private const int Failed = 1;
    private const int Stopped = 130;

    /// <summary>
    /// Runs it with what the command line says. Ctrl-C and SIGTERM cancel: the measurement that runs comes to its end, and everything is cleaned up.
    /// </summary>
    /// <returns>What <paramref name="run"/> returns; 1 if something is not there, also for arguments that are wrong; 130 if it was stopped.</returns>
    internal static int Run(string[] args, string description, IEnumerable<Option> options, Func<ParseResult, CancellationToken, int> run)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var command = new RootCommand(description);
        foreach (Option option in options)
        {
            command.Add(option);
        }

        command.SetAction(parsed => Guarded(() => run(parsed, stop.Token)));

        // It would end the process by itself at a signal, after two seconds.
        return command.Parse(args).Invoke(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
    }

    /// <summary>An option that takes a number from 1.</summary>
    internal static Option<int> Count(string name, int byDefault, string description)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => byDefault };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() || result.GetValueOrDefault<int>() >= 1)
            {
                return;
            }

            result.AddError($"{name} takes a number from 1.");
        });
        return option;
    }

    /// <summary>An option that may be given several times.</summary>
    internal static Option<T[]> Several<T>(string name, string value, string description) =>
        new(name) { Description = description + "; may be given several times", HelpName = value, DefaultValueFactory = _ => [] };

    /// <summary>An option that takes the path of a file to write.</summary>
    internal static Option<FileInfo?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    private static int Guarded(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            Console.Error.WriteLine(e.Message);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            return Stopped;
        }
    }
}
