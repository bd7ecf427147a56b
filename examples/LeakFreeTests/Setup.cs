// Leaks of one test are found by looking at the whole process, so tests that make shared memory run one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

// Not of the example: other test assemblies of this repository look at all of /dev/shm, so they take turns. It comes before the check, which would find its open file.
[assembly: AssemblyFixture(typeof(Multiprocessing.Tests.Turn))]

// What no single test is blamed for: whatever the whole assembly leaves.
[assembly: AssemblyFixture(typeof(LeakCheckFixture))]
