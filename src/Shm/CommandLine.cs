using System.CommandLine;
using System.CommandLine.Invocation;

namespace Multiprocessing.Shm;

/// <summary>From the arguments to the exit code.</summary>
internal static class CommandLine
{
    // An argument that begins with @ is that argument, not a file of more of them.
    private static readonly ParserConfiguration Configuration = new() { ResponseFileTokenReplacer = null };

    /// <summary>Does what the arguments say. What is wrong with them is said on the standard error.</summary>
    internal static int Run(string[] args)
    {
        ParseResult result = ShmCommand.Create().Parse(args, Configuration);
        if (result.Action is not ParseErrorAction error)
        {
            return result.Invoke();
        }

        error.ShowHelp = false;
        result.Invoke(new InvocationConfiguration { Output = Console.Error });
        Console.Error.WriteLine($"See '{PathOf(result.CommandResult)} --help'.");
        return ExitCode.Usage;
    }

    private static string PathOf(System.CommandLine.Parsing.CommandResult command) =>
        command.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "shm";
}
