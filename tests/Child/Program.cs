using Multiprocessing.Tests;

if (DocumentedProgram.TryRun(args) is { } exitCode)
{
    return exitCode;
}

IEnumerable<(string Verb, Action<string[]> Run)>[] all =
[
    AreaVerbs.All,
    ArrayVerbs.All,
    BlockVerbs.All,
    DeathVerbs.All,
    LeakVerbs.All,
    LeaseVerbs.All,
    LockVerbs.All,
    ManagerVerbs.All,
    ObjectVerbs.All,
    PythonVerbs.All,
    QueueVerbs.All,
    RingDeathVerbs.All,
    RingVerbs.All,
    ServeVerbs.All,
    SlotVerbs.All,
    StormVerbs.All,
    SyncVerbs.All,
];
Dictionary<string, Action<string[]>> verbs = all
    .SelectMany(some => some)
    .ToDictionary(verb => verb.Verb, verb => verb.Run, StringComparer.Ordinal);

if (args.Length == 0 || !verbs.TryGetValue(args[0], out Action<string[]>? run))
{
    Console.Error.WriteLine($"usage: Child VERB ARGS…, with VERB one of {string.Join(' ', verbs.Keys)}");
    return 2;
}

run(args[1..]);
return 0;
