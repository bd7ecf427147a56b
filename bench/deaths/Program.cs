// Who dies, and what that leaves: ours and stock CPython in one run: dotnet run -c Release --project bench/deaths
using System.Reflection;
using System.Runtime.InteropServices;
using Multiprocessing;
using Multiprocessing.Bench;

switch (args)
{
    case [Role.Verb, string role]:
        Role.Run(role);
        return 0;
    case ["--help" or "-h"]:
        Console.WriteLine(Options.Usage);
        return 0;
}

if (!OperatingSystem.IsLinux())
{
    Console.Error.WriteLine("It looks into /dev/shm and /proc, which only Linux has.");
    return 1;
}

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    // The round that runs is given up, and everything is cleaned up.
    signal.Cancel = true;
    stop.Cancel();
}

using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    Report report = Run(Options.Parse(args), out string? markdown);
    report.Print();
    if (markdown is not null)
    {
        File.WriteAllText(markdown, report.ToMarkdown());
    }

    return 0;
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(Options.Usage);
    return 2;
}
catch (InvalidOperationException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}

Report Run(Options options, out string? markdown)
{
    markdown = options.Markdown;
    Python[] pythons = [.. options.Pythons.Select(Python.Ask).DistinctBy(python => python.Path)];
    PythonSide[] theirs = [.. pythons.Select(python => new PythonSide(python))];
    var rows = new List<(Death, IReadOnlyList<Tally>)>();
    foreach (Death death in Death.All.Where(death => options.Wants(death.Number)))
    {
        // With a stock Python in the part of a stranger, ours meets each version.
        Python[] strangers = death.WithStranger ? pythons : pythons[..1];
        Tally[] tallies = [.. Enumerable.Range(0, 1 + theirs.Length).Select(_ => new Tally(death))];
        for (int round = 0; round < options.Rounds; round++)
        {
            Console.Error.WriteLine($"row {death.Number}, round {round + 1} …");
            foreach (Python stranger in strangers)
            {
                tallies[0].Run(new OurSide(stranger), round, stop.Token);
            }

            for (int i = 0; i < theirs.Length; i++)
            {
                tallies[i + 1].Run(theirs[i], round, stop.Token);
            }
        }

        rows.Add((death, tallies));
    }

    string version = typeof(SharedMemoryManager).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
    string more = pythons.Length > 1 ? " (rows 10 and 11, ours: as many with each Python)" : "";
    string title =
        $"SharedMemoryManager {version.Split('+')[0]} on .NET {Environment.Version} beside "
        + $"{string.Join(" and ", theirs.Select(side => side.Name))}, on {RuntimeInformation.OSDescription}; "
        + $"{options.Rounds} rounds of each row in turn{more}.";
    return new Report(title, ["ours", .. theirs.Select(side => side.Name)], rows);
}
