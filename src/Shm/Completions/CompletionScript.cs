namespace Multiprocessing.Shm;

/// <summary>
/// The scripts for the shells. Each asks <c>shm '[suggest:POSITION]' 'LINE'</c>, the directive of System.CommandLine, and gets one suggestion a line.
/// </summary>
/// <remarks>
/// What is after <c>run --</c> is somebody else's command: the shells complete that themselves. A program that is called by a path is asked by that path.
/// </remarks>
internal static class CompletionScript
{
    /// <summary>The line is made of the words up to the one that is completed, with one blank between: it is only looked at, and never run.</summary>
    private const string Bash = """
        # Completion of shm for bash.
        _shm() {
            COMPREPLY=()
            local i word="${COMP_WORDS[COMP_CWORD]}"
            for ((i = 2; i < COMP_CWORD; i++)); do
                if [[ ${COMP_WORDS[1]} == run && ${COMP_WORDS[i]} == -- ]]; then
                    # The command of shm run: bash knows better.
                    if declare -F _command_offset >/dev/null; then
                        _command_offset $((i + 1))
                    elif ((COMP_CWORD == i + 1)); then
                        mapfile -t COMPREPLY < <(compgen -c -- "$word")
                    fi
                    return
                fi
            done
            local line="shm" IFS=$'\n'
            for ((i = 1; i <= COMP_CWORD; i++)); do
                line+=" ${COMP_WORDS[i]}"
            done
            mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word")
        }
        complete -o bashdefault -o default -F _shm shm

        """;

    private const string Zsh = """
        #compdef shm
        # Completion of shm for zsh.
        _shm() {
            local i line="shm"
            for ((i = 3; i < CURRENT; i++)); do
                if [[ $words[2] == run && $words[i] == -- ]]; then
                    shift $i words
                    ((CURRENT -= i))
                    _normal
                    return
                fi
            done
            for ((i = 2; i <= CURRENT; i++)); do
                line+=" $words[i]"
            done
            local -a found
            found=("${(@f)$($words[1] "[suggest:${#line}]" "$line" 2>/dev/null)}")
            compadd -a found || _files
        }
        compdef _shm shm

        """;

    private const string Fish = """
        # Completion of shm for fish.
        function __shm_complete
            set -l words (commandline -opc)
            set -l word (commandline -ct)
            set -l mark (contains -i -- -- $words)
            if test "$words[2]" = run; and test -n "$mark"
                # The command of shm run: fish knows better.
                complete -C (string join ' ' -- $words[(math $mark + 1)..-1] "$word")
                return
            end
            set -l line (string join ' ' -- shm $words[2..-1] "$word")
            set -l found (shm "[suggest:"(string length -- $line)"]" $line 2>/dev/null)
            if test (count $found) -gt 0
                printf '%s\n' $found
            else
                __fish_complete_path "$word"
            end
        end
        complete -c shm -f -a '(__shm_complete)'

        """;

    private const string PowerShell = """
        # Completion of shm for PowerShell.
        Register-ArgumentCompleter -Native -CommandName shm -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $line = $commandAst.ToString().PadRight($cursorPosition)
            shm "[suggest:$cursorPosition]" $line 2>$null | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }

        """;

    /// <summary>The shells that there are scripts for.</summary>
    internal static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    /// <summary>The script for one of <see cref="Shells"/>.</summary>
    internal static string Of(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        _ => PowerShell,
    };
}
