// Not of the example: other test assemblies of this repository look at all of /dev/shm, so that none may run beside them.
[assembly: AssemblyFixture(typeof(Multiprocessing.Tests.Turn))]
