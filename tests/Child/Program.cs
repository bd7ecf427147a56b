using Multiprocessing.Tests;

Dictionary<string, Action<string[]>> verbs = new[] { BlockVerbs.All, LeaseVerbs.All, ManagerVerbs.All, RingVerbs.All, StormVerbs.All }
    .SelectMany(all => all)
    .ToDictionary(verb => verb.Verb, verb => verb.Run, StringComparer.Ordinal);

if (args.Length == 0 || !verbs.TryGetValue(args[0], out Action<string[]>? run))
{
    Console.Error.WriteLine($"usage: Child VERB ARGS…, with VERB one of {string.Join(' ', verbs.Keys)}");
    return 2;
}

run(args[1..]);
return 0;
