// How the cost of a block grows with the number of blocks under one manager: dotnet run -c Release --project bench/growth -- [SVG FILE]
using System.Globalization;
using Spectre.Console;

int[] counts = [1_000, 3_000, 10_000, 30_000, 100_000];
const int rounds = 3;

Measurement.Take(1_000);
var measurements = new List<Measurement>();
var table = new Table().AddColumns("blocks", "create µs/block", "list µs/block", "shut down µs/block", "server bytes/block");
foreach (int count in counts)
{
    Measurement[] taken = [.. Enumerable.Range(0, rounds).Select(_ => Measurement.Take(count))];
    double Median(Func<Measurement, double> of) => taken.Select(of).Order().ElementAt(rounds / 2);
    var median = new Measurement(
        count, Median(m => m.Create), Median(m => m.List), Median(m => m.Shutdown), Median(m => m.ServerBytes));
    measurements.Add(median);
    table.AddRow([.. new[] { count, median.Create, median.List, median.Shutdown, median.ServerBytes }
        .Select((value, i) => value.ToString(i is 0 or 4 ? "#,0" : "0.0", CultureInfo.InvariantCulture))]);
}

AnsiConsole.Write(table);
AnsiConsole.WriteLine($"Medians of {rounds} rounds. Not measured: blocks that stay mapped, other managers on the machine.");
if (args is [string file])
{
    File.WriteAllText(file, Chart.Draw(measurements));
}
