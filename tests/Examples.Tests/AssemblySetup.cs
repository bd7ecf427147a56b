using Multiprocessing.Tests;

// The tests look at all of /dev/shm, at processes and at folders of temporary files: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(LeakFixture))]
