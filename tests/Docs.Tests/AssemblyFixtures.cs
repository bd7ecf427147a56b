using Multiprocessing.Tests;

[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(LeakFixture))]
