// Ours and stock CPython, or what C and .NET have, in turn, in one run: dotnet run -c Release --project bench/peers
using System.Globalization;
using System.Runtime.InteropServices;
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
    case ["--help" or "-h"]:
        Console.WriteLine(Options.Usage);
        return 0;
}

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    // The measurement that runs comes to its end, and everything is cleaned up.
    signal.Cancel = true;
    stop.Cancel();
}

using PosixSignalRegistration interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    Options options = Options.Parse(args);
    IReadOnlyList<Python> pythons = Python.Find(options.Pythons);
    Report report = Run(options, pythons, out bool isComplete);
    report.Print();
    if (options.Markdown is not null)
    {
        File.WriteAllText(options.Markdown, report.ToMarkdown());
    }

    return isComplete ? 0 : 1;
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

Report Run(Options options, IReadOnlyList<Python> pythons, out bool isComplete)
{
    isComplete = true;
    using var peer = new PythonPeer(pythons[0]);
    var contest = new Contest(options.Rounds, stop.Token);
    var processContest = new Contest(options.ProcessRounds, stop.Token);
    (string Group, Func<IEnumerable<Row>> Run)[] groups =
    [
        ("managed blocks", () => Blocks.Managed(contest, peer)),
        ("bare blocks", () => Blocks.Bare(contest, peer)),
        ("attach", () => Blocks.Attach(contest, peer)),
        ("start", () => Lives.Start(contest, peer)),
        ("list", () => Lists.All(contest, peer)),
        ("uncontended", () => Locks.All(contest)),
        ("hand-over", () => HandOvers.All(processContest)),
        ("slots", () => Slots.All(contest)),
        ("array", () => Arrays.All(contest, pythons)),
        ("rings", () => Rings.All(contest)),
        ("rpc", () => Calls.All(contest, pythons[0])),
        ("sync types", () => SyncTypes.All(contest, pythons)),
        ("whole process", () => WholeProcesses.All(processContest, pythons)),
        ("area", () => Areas.All(contest)),
        ("shutdown", () => Lives.Shutdown(contest, peer)),
    ];
    var rows = new List<Row>();
    foreach ((string group, Func<IEnumerable<Row>> run) in groups.Where(group => options.Wants(group.Group)))
    {
        Console.Error.WriteLine($"{group} …");
        try
        {
            rows.AddRange(run());
        }
        catch (InvalidOperationException e)
        {
            // What could be measured is reported all the same.
            Console.Error.WriteLine($"{group}: {e.Message}");
            isComplete = false;
        }
    }

    return new Report(
        $".NET {Environment.Version} on {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} processors; {contest.Rounds} rounds in turn, "
            + $"{processContest.Rounds} for whole processes and for hand-overs",
        rows);
}
