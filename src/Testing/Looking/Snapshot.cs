namespace Multiprocessing;

/// <summary>What a test may leave, as it is at one moment. What is there later and was not then is a leak; what has gone since is not looked at.</summary>
internal sealed class Snapshot
{
    private readonly LeakCheckOptions _options;
    private readonly HashSet<string> _files;
    private readonly HashSet<(int Id, long Start)> _processes;
    private readonly Dictionary<string, int> _descriptors;
    private readonly Dictionary<ulong, int> _mappings;
    private readonly HashSet<(string Name, int Thread)> _locks;

    internal Snapshot(LeakCheckOptions options)
    {
        _options = options;
        _files = [.. Files.List(options.Watch)];
        _processes = Watches(LeakKinds.Processes) ? [.. ProcessTable.Ids().Select(static id => (id, ProcessTable.StartOf(id)))] : [];
        _descriptors = Watches(LeakKinds.Descriptors) ? DescriptorLeaks.Count() : [];
        _mappings = Watches(LeakKinds.Mappings) ? MappingLeaks.Count() : [];
        _locks = Watches(LeakKinds.Locks) ? [.. LockLeaks.Held()] : [];
    }

    /// <summary>What is there now and was not at the snapshot.</summary>
    internal List<Leak> Look()
    {
        if (Watches(LeakKinds.Leases))
        {
            ProcessLease.RemoveDead();
        }

        var around = new Surroundings(_options.Scope);
        List<Leak> leaks = [.. FileLeaks.Find(Files.List(_options.Watch).Where(path => !_files.Contains(path)), around)];
        if (Watches(LeakKinds.Processes))
        {
            leaks.AddRange(ProcessLeaks.Find(ProcessTable.Ids().Where(id => !_processes.Contains((id, ProcessTable.StartOf(id)))), around));
        }

        if (Watches(LeakKinds.Descriptors))
        {
            leaks.AddRange(DescriptorLeaks.Find(_descriptors));
        }

        if (Watches(LeakKinds.Mappings))
        {
            leaks.AddRange(MappingLeaks.Find(_mappings, around));
        }

        if (Watches(LeakKinds.Locks))
        {
            leaks.AddRange(LockLeaks.Find(_locks, around));
        }

        return _options.Ignore is Func<Leak, bool> ignore ? leaks.FindAll(leak => !ignore(leak)) : leaks;
    }

    private bool Watches(LeakKinds kind) => (_options.Watch & kind) != 0;
}
