using System.CommandLine;
using System.Globalization;

namespace Multiprocessing.Shm;

/// <summary><c>shm top</c>: what <c>shm ls</c> shows, again and again.</summary>
internal static class TopCommand
{
    private const double ShortestInterval = 0.05;
    private const double LongestInterval = 86_400;

    private const string Details = """
        At a terminal: q ends it; s, n, a and p order the blocks by size, name, age and processes. Elsewhere it writes one frame as plain text; with --format json one line of
        JSON each interval, with --format csv one line of totals, until it is stopped, or --count times.
        Rates are between two looks: what came and went in between was not seen.

        Examples:
          shm top
          shm top --interval 0.5 --sort processes
          shm top --format json --count 10 > looks.jsonl
        """;

    internal static Command Create()
    {
        var interval = new Option<double>("--interval", "-n") { Description = "Seconds between two looks.", HelpName = "SECONDS", DefaultValueFactory = static _ => 2 };
        interval.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: string text }]
                && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= ShortestInterval and <= LongestInterval))
            {
                result.AddError("The interval is a number of seconds from 0.05 to 86400.");
            }
        });
        var count = new Option<int?>("--count") { Description = "End after so many looks.", HelpName = "N" };
        count.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: string text }] && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int looks) && looks > 0))
            {
                result.AddError("The count is a number from 1.");
            }
        });
        var sort = new Option<TopSort>("--sort") { Description = "How to order the blocks. Default: size.", HelpName = "size|name|age|processes" };
        sort.AcceptOnlyFromAmong("size", "name", "age", "processes");

        var top = new Command("top", "Shows what there is, live: managers, blocks, who has them, and how much of the memory is used.") { interval, count, sort };
        top.SetDetails(Details);
        top.SetGuardedAction(result =>
        {
            OutputFormat format = result.GetValue(CommonOptions.Format);
            var pause = TimeSpan.FromSeconds(result.GetValue(interval));
            if (format == OutputFormat.Table && Screen.IsTerminal && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or ""))
            {
                Show(result.GetValue(sort), pause, result.GetValue(count) ?? int.MaxValue);
            }
            else
            {
                Write(format, result.GetValue(sort), pause, result.GetValue(count) ?? (format == OutputFormat.Table ? 1 : int.MaxValue));
            }

            return ExitCode.Done;
        });
        return top;
    }

    private static void Write(OutputFormat format, TopSort sort, TimeSpan pause, int count)
    {
        var looker = new TopLooker();
        for (int i = 0; i < count && !OwnProcess.OutputIsClosed; i++)
        {
            if (i > 0)
            {
                Thread.Sleep(pause);
            }

            TopLook look = looker.Look();
            switch (format)
            {
                case OutputFormat.Json:
                    TopOutput.WriteJson(look, sort);
                    break;
                case OutputFormat.Csv:
                    TopOutput.WriteCsv(look, withHeader: i == 0);
                    break;
                default:
                    Screen.Write((i == 0 ? "" : "\n") + string.Join('\n', TopFrame.Lines(look, sort, int.MaxValue, withKeys: false)) + "\n");
                    break;
            }
        }
    }

    private static void Show(TopSort sort, TimeSpan pause, int count)
    {
        var looker = new TopLooker();
        using var terminal = new TopTerminal();
        for (int i = 0; i < count; i++)
        {
            TopLook look = looker.Look();
            long next = Environment.TickCount64 + (long)pause.TotalMilliseconds;
            do
            {
                TopSort order = sort;
                terminal.Draw(height => TopFrame.Lines(look, order, height, withKeys: true));
                char? key = terminal.WaitForKey(TimeSpan.FromMilliseconds(Math.Max(0, next - Environment.TickCount64)), out bool hasEnded);
                if (hasEnded || key is 'q' or 'Q')
                {
                    return;
                }

                sort = key switch
                {
                    's' => TopSort.Size,
                    'n' => TopSort.Name,
                    'a' => TopSort.Age,
                    'p' => TopSort.Processes,
                    _ => sort,
                };
            }
            while (Environment.TickCount64 < next);
        }
    }
}
