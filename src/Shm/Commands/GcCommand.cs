using System.CommandLine;
using System.Text;

namespace Multiprocessing.Shm;

/// <summary><c>shm gc</c>: removes what only the dead have left.</summary>
internal static class GcCommand
{
    private static readonly Option<bool> DryRun = new("--dry-run", "-n") { Description = "Only say what would be removed, and return 3 if there is something." };
    private static readonly Option<bool> Foreign = new("--foreign")
    {
        Description = "Also blocks with names as stock Python makes them that no process has mapped or open. Who made them is not known; somebody may want them back.",
    };

    internal static Command Create()
    {
        var command = new Command("gc", "Removes what only the dead have left, and says how it knows. What lives, stopped or not, is never touched.") { DryRun, Foreign };
        command.SetGuardedAction(static result =>
        {
            bool foreign = result.GetValue(Foreign);
            bool dryRun = result.GetValue(DryRun);
            SystemPicture picture = new Inspector().Look();
            bool canTell = picture is { ProcessesAreKnown: true, UnreadableProcesses: 0 };
            if (foreign && !canTell)
            {
                Screen.WriteError(picture.ProcessesAreKnown
                    ? $"{PictureTable.Count(picture.UnreadableProcesses, "process")} of others may not be looked at and may have any block mapped: what is foreign stays. Root may look at more of them."
                    : "this system does not tell which process has which block mapped: what is foreign stays");
            }

            List<Finding> found = Cleaner.Find(picture, foreign && canTell);
            if (!dryRun)
            {
                found = Remove(found);
            }

            RowsOutput.Write(result.GetValue(CommonOptions.Format), Finding.Columns, found, rows => WriteText(rows, dryRun));
            return dryRun && found.Count > 0 ? ExitCode.Found
                : (foreign && !canTell) || found.Any(static finding => finding.NotRemoved.Count > 0) ? ExitCode.Failed
                : ExitCode.Done;
        });
        return command;
    }

    private static List<Finding> Remove(List<Finding> found)
    {
        var removed = new List<Finding>();
        SlowProgress.ForEach(found, "removing", finding =>
        {
            if (Cleaner.Remove(finding) is Finding done)
            {
                removed.Add(done);
            }
        });
        return removed;
    }

    private static void WriteText(IReadOnlyList<Finding> found, bool dryRun)
    {
        var text = new StringBuilder();
        foreach (Finding finding in found)
        {
            text.Append(Screen.Paint($"{Finding.NameOf(finding.Kind)} {Texts.Printable(finding.Name)}", Colour.Bold)).Append(": ").Append(finding.Proof).Append('\n');
            foreach (string name in finding.Removed)
            {
                text.Append(dryRun ? "  would remove " : "  removed ").Append(Texts.Printable(name)).Append('\n');
            }

            foreach (string failure in finding.NotRemoved)
            {
                text.Append(Screen.Paint($"  could not remove {Texts.Printable(failure)}", Colour.Red)).Append('\n');
            }
        }

        Screen.Write(found.Count > 0 ? text.ToString() : "nothing of the dead\n");
    }
}
