// Who dies, and what that leaves: ours and stock CPython in one run: dotnet run -c Release --project bench/deaths
using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Multiprocessing;
using Multiprocessing.Bench;

if (args is [Role.Verb, string role])
{
    Role.Run(role);
    return 0;
}

if (!OperatingSystem.IsLinux())
{
    Console.Error.WriteLine("It looks into /dev/shm and /proc, which only Linux has.");
    return 1;
}

Option<int> rounds = BenchProgram.Count("--rounds", 5, "Rounds of each row on each side");
Option<string[]> python = BenchProgram.Several<string>("--python", "PATH", "An interpreter to compare with (default: python3 of PATH)");
Option<int[]> row = BenchProgram.Several<int>("--row", "N", "Only this row");
Option<FileInfo?> markdown = BenchProgram.File("--markdown", "Write the table as markdown, too");
return BenchProgram.Run(args, "Who dies, and what that leaves: ours and stock CPython in one run.", [rounds, python, row, markdown], (parsed, cancellation) =>
{
    Report report = Run(Python.Find(parsed.GetValue(python)!, withSystems: false), parsed.GetValue(rounds), parsed.GetValue(row)!, cancellation);
    report.Print();
    if (parsed.GetValue(markdown) is { } file)
    {
        File.WriteAllText(file.FullName, report.ToMarkdown());
    }

    return 0;
});

Report Run(IReadOnlyList<Python> pythons, int rounds, int[] only, CancellationToken cancellation)
{
    if (pythons.Count == 0)
    {
        throw new InvalidOperationException("There is no Python to compare with.");
    }

    PythonSide[] theirs = [.. pythons.Select(python => new PythonSide(python))];
    var rows = new List<(Death, IReadOnlyList<Tally>)>();
    foreach (Death death in Death.All.Where(death => only.Length == 0 || only.Contains(death.Number)))
    {
        // With a stock Python in the part of a stranger, ours meets each version.
        IEnumerable<Python> strangers = death.WithStranger ? pythons : pythons.Take(1);
        Tally[] tallies = [.. Enumerable.Range(0, 1 + theirs.Length).Select(_ => new Tally(death))];
        for (int round = 0; round < rounds; round++)
        {
            Console.Error.WriteLine($"row {death.Number}, round {round + 1} …");
            foreach (Python stranger in strangers)
            {
                tallies[0].Run(new OurSide(stranger), round, cancellation);
            }

            for (int i = 0; i < theirs.Length; i++)
            {
                tallies[i + 1].Run(theirs[i], round, cancellation);
            }
        }

        rows.Add((death, tallies));
    }

    string version = typeof(SharedMemoryManager).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
    string more = pythons.Count > 1 ? " (rows 10 and 11, ours: as many with each Python)" : "";
    string title =
        $"SharedMemoryManager {version.Split('+')[0]} on .NET {Environment.Version} beside "
        + $"{string.Join(" and ", theirs.Select(side => side.Name))}, on {RuntimeInformation.OSDescription}; "
        + $"{rounds} rounds of each row in turn{more}.";
    return new Report(title, ["ours", .. theirs.Select(side => side.Name)], rows);
}
