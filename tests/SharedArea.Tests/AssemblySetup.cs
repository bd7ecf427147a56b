using Multiprocessing.Tests;

[assembly: AssemblyFixture(typeof(LeakFixture))]

// Which control words of files there are is looked at for the whole machine.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
