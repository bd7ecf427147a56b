using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>What the command line says.</summary>
internal sealed class Options
{
    internal const string Usage = """
        dotnet run -c Release --project bench/peers -- [options]
          --python PATH         an interpreter to measure against (default: python3 of PATH, and for whole processes also
                                /usr/bin/python3); may be given several times, the first is the peer of every row
          --rounds N            rounds of each comparison (default 7)
          --process-rounds N    rounds of the comparisons of whole processes and of hand-overs (default 21)
          --only TEXT           only the groups whose name contains TEXT; may be given several times
          --markdown FILE       write the table as markdown, too
        """;

    private readonly List<string> _only = [];
    private readonly List<string> _pythons = [];

    internal IReadOnlyList<string> Pythons => _pythons;

    internal int Rounds { get; private set; } = 7;

    internal int ProcessRounds { get; private set; } = 21;

    internal string? Markdown { get; private set; }

    /// <exception cref="ArgumentException">It says something else.</exception>
    internal static Options Parse(string[] arguments)
    {
        var options = new Options();
        for (int i = 0; i < arguments.Length; i += 2)
        {
            string value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"'{arguments[i]}' is no option with a value.");
            switch (arguments[i])
            {
                case "--python":
                    options._pythons.Add(value);
                    break;
                case "--rounds":
                    options.Rounds = Count(value);
                    break;
                case "--process-rounds":
                    options.ProcessRounds = Count(value);
                    break;
                case "--only":
                    options._only.Add(value);
                    break;
                case "--markdown":
                    options.Markdown = Path.GetFullPath(value);
                    break;
                default:
                    throw new ArgumentException($"There is no option '{arguments[i]}'.");
            }
        }

        return options;
    }

    internal bool Wants(string group) =>
        _only.Count == 0 || _only.Exists(text => group.Contains(text, StringComparison.OrdinalIgnoreCase));

    private static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : throw new ArgumentException($"'{text}' is no number of rounds.");
}
