using Multiprocessing.Tests;

[assembly: AssemblyFixture(typeof(LeakFixture))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]
