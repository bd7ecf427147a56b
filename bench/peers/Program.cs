// Ours and stock CPython, or what C and .NET have, in turn, in one run: dotnet run -c Release --project bench/peers
using System.CommandLine;
using System.Globalization;
using Multiprocessing.Bench;

switch (args)
{
    case [Lives.ColdVerb]:
        Lives.Cold();
        return 0;
    case [EchoPeer.Verb, string path]:
        EchoPeer.Echo(path);
        return 0;
    case [HandOvers.Verb, string kind, string block, string processor]:
        HandOvers.Echo(kind, block, int.Parse(processor, CultureInfo.InvariantCulture));
        return 0;
    case [AreaProcess.Verb, string name]:
        AreaProcess.Serve(name);
        return 0;
    case [RingPair.Verb, .. string[] rest]:
        RingPair.Serve(rest);
        return 0;
    case [PingPong.Verb, string control, string processor]:
        PingPong.Serve(control, int.Parse(processor, CultureInfo.InvariantCulture));
        return 0;
}

Option<string[]> python = BenchProgram.Several<string>(
    "--python", "PATH", "An interpreter to measure against (default: python3 of PATH, and for whole processes also /usr/bin/python3); the first is the peer of every row");
Option<int> rounds = BenchProgram.Count("--rounds", 7, "Rounds of each comparison");
Option<int> processRounds = BenchProgram.Count("--process-rounds", 21, "Rounds of the comparisons of whole processes and of hand-overs");
Option<string[]> only = BenchProgram.Several<string>("--only", "TEXT", "Only the groups whose name contains TEXT");
Option<FileInfo?> page = BenchProgram.File("--report", "Write the tables into this page of markdown, in the place of those of the last run, and the charts into charts/ beside it");
Option<bool> install = new("--install") { Description = "Install what peers are missing, by apt-get as root" };
return BenchProgram.Run(
    args,
    "Ours beside every peer that is installed, in turn, in one run. Exit code 1: something could not be measured.",
    [python, rounds, processRounds, only, page, install],
    (parsed, cancellation) =>
    {
        bool installs = parsed.GetValue(install);
        if (installs)
        {
            Installation.Install();
        }

        var run = new Run(
            Python.Find(parsed.GetValue(python)!, withSystems: true),
            new Contest(parsed.GetValue(rounds), cancellation),
            new Contest(parsed.GetValue(processRounds), cancellation),
            installs);
        Report report = run.Measure(parsed.GetValue(only)!);
        report.Print();
        if (parsed.GetValue(page) is { } file)
        {
            report.Write(file.FullName);
        }

        return run.IsComplete ? 0 : 1;
    });
