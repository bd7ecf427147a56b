using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Multiprocessing.Shm;

/// <summary>What a command's own help says at its end, and the list of commands does not: how it works, and examples.</summary>
internal static class CommandDetails
{
    private static readonly ConditionalWeakTable<Command, string> All = [];

    /// <summary>Sets what the help of a command says at its end.</summary>
    internal static void SetDetails(this Command command, string details) => All.Add(command, details);

    /// <summary>Has the help of all commands end so.</summary>
    internal static void ShowInHelp(RootCommand root)
    {
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new Help((HelpAction)help.Action!);
        }
    }

    private sealed class Help(HelpAction usual) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int exitCode = usual.Invoke(parseResult);
            if (All.TryGetValue(parseResult.CommandResult.Command, out string? details))
            {
                parseResult.InvocationConfiguration.Output.WriteLine(details + "\n");
            }

            return exitCode;
        }
    }
}
