using System.CommandLine;

namespace Multiprocessing.Shm;

/// <summary><c>shm ls</c>: what is there, by manager.</summary>
internal static class LsCommand
{
    private static readonly Argument<string?> PrefixArgument = new Argument<string?>("PREFIX")
    {
        Description = "Only blocks whose names begin so, or those of the manager with this id.",
        Arity = ArgumentArity.ZeroOrOne,
    }.Named().CompleteBlocksAndManagers();

    private static readonly Option<string?> Kind = new("--kind") { Description = "Only blocks of this kind: block, list, array, ring, mutex, …" };
    private static readonly Option<bool> Dead = new("--dead") { Description = "Only what the dead have left." };
    private static readonly Option<bool> Mine = new("--mine") { Description = "Only what is this user's." };

    internal static Command Create()
    {
        var command = new Command("ls", "Lists managers, blocks, leases, and who has them.") { PrefixArgument, Kind, Dead, Mine };
        command.SetGuardedAction(result =>
        {
            SystemPicture picture = PictureFilter.Apply(
                new Inspector().Look(), result.GetValue(PrefixArgument), result.GetValue(Kind), result.GetValue(Dead), result.GetValue(Mine));
            switch (result.GetValue(CommonOptions.Format))
            {
                case OutputFormat.Json:
                    PictureOutput.WriteJson(picture);
                    break;
                case OutputFormat.Csv:
                    PictureOutput.WriteCsv(picture);
                    break;
                default:
                    PictureTable.Write(picture);
                    break;
            }

            return ExitCode.Done;
        });
        return command;
    }
}
