// Leaks of one test are found by looking at the whole process, so tests that make shared memory run one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

// What no single test is blamed for: whatever the whole assembly leaves.
[assembly: AssemblyFixture(typeof(LeakCheckFixture))]
