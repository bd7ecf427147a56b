using System.CommandLine;
using System.Text;

namespace Multiprocessing.Shm;

/// <summary><c>shm doctor</c>: whether this system is well.</summary>
internal static class DoctorCommand
{
    internal static Command Create()
    {
        var command = new Command("doctor", "Looks at what shared memory needs of this system, and at what was left there. Returns 3 if something wants attention.");
        command.SetGuardedAction(static result =>
        {
            List<Check> checks = Doctor.CheckAll();
            RowsOutput.Write(result.GetValue(CommonOptions.Format), Check.Columns, checks, WriteText);
            return checks.All(static check => check.Status == CheckStatus.Ok) ? ExitCode.Done : ExitCode.Found;
        });
        return command;
    }

    private static void WriteText(IReadOnlyList<Check> checks)
    {
        var text = new StringBuilder();
        foreach (Check check in checks)
        {
            Colour colour = check.Status switch { CheckStatus.Ok => Colour.Green, CheckStatus.Warn => Colour.Yellow, _ => Colour.Red };
            text.Append(Screen.Paint(Check.NameOf(check.Status).PadRight(6), colour)).Append(check.Name.PadRight(12)).Append(check.Value).Append('\n');
            if (check.Advice is string advice)
            {
                text.Append(' ', 18).Append(advice).Append('\n');
            }
        }

        Screen.Write(text.ToString());
    }
}
