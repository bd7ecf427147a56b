using Multiprocessing.Tests;

// Processes and names of the whole machine are watched: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(LeakFixture))]
