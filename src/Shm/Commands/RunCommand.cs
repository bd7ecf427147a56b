using System.CommandLine;

namespace Multiprocessing.Shm;

/// <summary><c>shm run -- COMMAND</c>: a manager around any command.</summary>
internal static class RunCommand
{
    private const string Details = """
        The command finds the manager by SharedMemoryManager.Connect(), which reads MULTIPROCESSING_MANAGER in its environment; a Python, with --python, by
        MULTIPROCESSING_MANAGER_PYTHON (the address) and MULTIPROCESSING_MANAGER_PYTHON_AUTHKEY (the key, in hexadecimal).
        Its exit code is returned: 128 and the number of the signal that ended it; 127 if there is no such command, 126 if it cannot be run.
        What the command makes without the manager stays, by SharedMemory.Create or by a stock Python by itself; --report warns of it.

        Examples:
          shm run -- ./worker --jobs 4
          shm run --report --fail-on-leak -- dotnet test
          shm run --python -- python3 job.py
        """;

    internal static Command Create()
    {
        var python = new Option<bool>("--python") { Description = "Let stock Python join the manager, too." };
        var report = new Option<bool>("--report") { Description = "Write to standard error what was left when the command had ended, and is removed now." };
        var failOnLeak = new Option<bool>("--fail-on-leak") { Description = "If something was left and the command returned 0, return --leak-exit-code." };
        var leakExitCode = new Option<int>("--leak-exit-code")
        {
            Description = "What --fail-on-leak returns.",
            HelpName = "1-255",
            DefaultValueFactory = static _ => ExitCode.Found,
        };
        leakExitCode.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: string text }] && !(int.TryParse(text, out int code) && code is > 0 and < 256))
            {
                result.AddError("An exit code is a number from 1 to 255.");
            }
        });
        var command = new Argument<string[]>("COMMAND")
        {
            Description = "The command and its arguments. A -- before it keeps its options from being taken for this program's.",
            Arity = ArgumentArity.OneOrMore,
        };

        command.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] option }, ..])
            {
                result.AddError($"There is no option {option}. (The command stands after --.)");
            }
        });

        var run = new Command("run", "Runs a command in a manager of its own, and leaves nothing of what it made there.") { python, report, failOnLeak, leakExitCode, command };
        run.SetDetails(Details);
        run.SetGuardedAction(result => new CommandRun
        {
            Command = result.GetRequiredValue(command),
            Python = result.GetValue(python),
            Report = result.GetValue(report) ? left => LeakReportWriter.Write(left, result.GetValue(CommonOptions.Format), Console.Error) : null,
            LeakExitCode = result.GetValue(failOnLeak) ? result.GetValue(leakExitCode) : null,
        }.Execute());
        return run;
    }
}
