// How costs grow with size, with the number of blocks, with the number of processes: dotnet run -c Release --project bench/growth
using System.CommandLine;
using Multiprocessing.Bench;

if (args is [Servant.Verb])
{
    Servant.Serve();
    return 0;
}

Option<int> rounds = BenchProgram.Count("--rounds", 3, "Rounds of each measurement");
Option<long> bytes = new("--most-bytes") { Description = "The largest block", HelpName = "N", DefaultValueFactory = _ => 4L << 30 };
Option<int> blocks = BenchProgram.Count("--most-blocks", 100_000, "How many blocks at most");
Option<int> processes = BenchProgram.Count("--most-processes", 64, "How many processes at most");
Option<string[]> only = BenchProgram.Several<string>("--only", "TEXT", "Only what has TEXT in its name: size, blocks, processes, messages");
Option<FileInfo?> page = BenchProgram.File("--report", "Write the tables into this page of markdown, in the place of those of the last run, and the charts into charts/ beside it");
return BenchProgram.Run(args, "How costs grow.", [rounds, bytes, blocks, processes, only, page], (parsed, cancellation) =>
{
    string load = $"Load before {Machine.Load()}";
    using var keeper = new Keeper();
    int count = parsed.GetValue(rounds);
    var many = new ManyBlocks(count, cancellation);
    (string Name, Func<Growth> Measure)[] all =
    [
        ("size", () => new Sizes(count, cancellation).Measure(parsed.GetValue(bytes))),
        ("blocks", () => many.Measure(parsed.GetValue(blocks))),
        ("processes", () => new Crowds(count, cancellation).Measure(parsed.GetValue(processes))),
        ("messages", () => new Messages(count, cancellation).Measure()),
    ];
    string[] wanted = parsed.GetValue(only)!;
    var growths = new List<Growth>();
    foreach ((string name, Func<Growth> measure) in all.Where(one => wanted.Length == 0 || wanted.Any(text => one.Name.Contains(text, StringComparison.OrdinalIgnoreCase))))
    {
        Console.Error.WriteLine($"{name} …");
        growths.Add(measure());
    }

    var report = new GrowthReport(
        $"{Machine.Describe()}. Medians of {count} rounds. {load}, after {Machine.Load()} (the benchmark itself is up to 64), on {DateTime.UtcNow:yyyy-MM-dd}.",
        growths,
        many.Goals());
    report.Print();
    if (parsed.GetValue(page) is { } file)
    {
        report.Write(file.FullName);
    }

    return 0;
});
