using System.Globalization;

namespace Multiprocessing.Bench;

/// <summary>What the command line says.</summary>
internal sealed class Options
{
    internal const string Usage = """
        dotnet run -c Release --project bench/deaths -- [options]
          --rounds N        rounds of each row on each side (default 5)
          --python PATH     an interpreter to compare with (default: python3 of PATH); may be given several times
          --row N           only this row; may be given several times
          --markdown FILE   write the table as markdown, too
        """;

    private readonly List<string> _pythons = [];
    private readonly List<int> _rows = [];

    internal IReadOnlyList<string> Pythons => _pythons.Count > 0 ? _pythons : ["python3"];

    internal int Rounds { get; private set; } = 5;

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
                case "--rounds":
                    options.Rounds = Number(value);
                    break;
                case "--python":
                    options._pythons.Add(value);
                    break;
                case "--row":
                    options._rows.Add(Number(value));
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

    internal bool Wants(int row) => _rows.Count == 0 || _rows.Contains(row);

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new ArgumentException($"'{text}' is no number.");
}
