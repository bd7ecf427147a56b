using Multiprocessing.Tests;

[assembly: AssemblyFixture(typeof(LeakFixture))]
