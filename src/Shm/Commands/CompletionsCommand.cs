using System.CommandLine;

namespace Multiprocessing.Shm;

/// <summary><c>shm completions SHELL</c>: a script by which a shell completes what is typed.</summary>
internal static class CompletionsCommand
{
    private const string Details = """
        The script asks this program what may come next: commands, options, their values, and the names of the blocks and managers that there are at that moment.

        Examples:
          bash   source <(shm completions bash)            in ~/.bashrc
          zsh    source <(shm completions zsh)             in ~/.zshrc, after compinit
          fish   shm completions fish | source             in ~/.config/fish/config.fish
          pwsh   shm completions pwsh | Out-String | Invoke-Expression    in $PROFILE
        """;

    internal static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "The shell.", HelpName = "bash|zsh|fish|pwsh" };
        shell.AcceptOnlyFromAmong([.. CompletionScript.Shells]);
        var completions = new Command("completions", "Writes a script that has a shell complete commands, options and names.") { shell };
        completions.SetDetails(Details);
        completions.SetGuardedAction(result =>
        {
            Screen.Write(CompletionScript.Of(result.GetRequiredValue(shell)));
            return ExitCode.Done;
        });
        return completions;
    }
}
