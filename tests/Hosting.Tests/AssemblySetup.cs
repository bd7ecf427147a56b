using Multiprocessing.Tests;

// Processes and names of the whole machine are watched, and instruments of the whole process: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(LeakFixture))]
