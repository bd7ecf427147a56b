using Multiprocessing.Tests;

// They plant leaks and look at the whole process: none runs beside another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(LeakFixture))]
