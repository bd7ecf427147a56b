using Multiprocessing.Tests;

[assembly: AssemblyFixture(typeof(LeakFixture))]

// Some tests put another backend in the place of the system's, which is the whole process's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
