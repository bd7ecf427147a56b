using System.CommandLine;

namespace Multiprocessing.Shm;

/// <summary>What all commands do with what goes wrong: one line on the standard error, no stack trace, exit code 1.</summary>
internal static class CommandAction
{
    /// <summary>Sets what a command does.</summary>
    internal static void SetGuardedAction(this Command command, Func<ParseResult, int> run) => command.SetAction(result => Guard(() => run(result)));

    /// <summary>An argument that is no option that was mistyped, for which the parser would take it.</summary>
    internal static Argument<T> Named<T>(this Argument<T> argument)
    {
        argument.Validators.Add(static result =>
        {
            if (result.Tokens.FirstOrDefault(static token => token.Value.StartsWith('-')) is { Value: string option })
            {
                result.AddError($"There is no option {option}.");
            }
        });
        return argument;
    }

    /// <summary>Runs it; what the system refuses is said and not thrown.</summary>
    internal static int Guard(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or PlatformNotSupportedException or ArgumentException or SharedMemoryManagerException)
        {
            TrySay(e.Message);
            return ExitCode.Failed;
        }
    }

    private static void TrySay(string message)
    {
        try
        {
            Screen.WriteError(message);
        }
        catch (IOException)
        {
            // Nobody is there to be told.
        }
    }
}
