using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Multiprocessing.Shm;

/// <summary>
/// Answers <c>shm [suggest:POSITION] LINE</c>: one suggestion a line. Of options only the long names, and those when one is being typed, or when there is nothing else.
/// </summary>
internal sealed class Suggestions(SuggestDirective directive) : SynchronousCommandLineAction
{
    /// <summary>Has the program answer so.</summary>
    internal static void Offer(RootCommand root)
    {
        foreach (SuggestDirective directive in root.Directives.OfType<SuggestDirective>())
        {
            directive.Action = new Suggestions(directive);
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        string line = parseResult.Tokens.LastOrDefault(static token => token.Type != TokenType.Directive)?.Value ?? "";
        string? position = parseResult.GetResult(directive)?.Values.SingleOrDefault();
        int at = int.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? Math.Min(number, line.Length) : line.Length;
        string[] all =
        [
            .. parseResult.RootCommandResult.Command.Parse(line, parseResult.Configuration).GetCompletions(at).Select(static item => item.InsertText ?? item.Label)
                .Where(static text => text is not (['/', ..] or ['-', not '-', ..] or "-")),
        ];
        string[] values = [.. all.Where(static text => !text.StartsWith("--", StringComparison.Ordinal))];
        bool isOption = line[..at].Split(' ')[^1].StartsWith('-');
        foreach (string text in values.Length > 0 && !isOption ? values : all)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(text);
        }

        return ExitCode.Done;
    }
}
