using System.CommandLine;

namespace Multiprocessing.Shm;

/// <summary>The program: one class of <c>Commands/</c> each command, added here.</summary>
internal static class ShmCommand
{
    internal static RootCommand Create()
    {
        var root = new RootCommand("Shows what is in shared memory, whose it is and whether that is alive; removes what only the dead have left.");
        root.Options.Add(CommonOptions.Format);
        root.Subcommands.Add(LsCommand.Create());
        root.Subcommands.Add(ShowCommand.Create());
        root.Subcommands.Add(DumpCommand.Create());
        root.Subcommands.Add(GcCommand.Create());
        root.Subcommands.Add(RmCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(TopCommand.Create());
        root.Subcommands.Add(RunCommand.Create());
        root.Subcommands.Add(ServeCommand.Create());
        root.Subcommands.Add(BenchCommand.Create());
        root.Subcommands.Add(CompletionsCommand.Create());
        CommandDetails.ShowInHelp(root);
        Suggestions.Offer(root);
        return root;
    }
}
