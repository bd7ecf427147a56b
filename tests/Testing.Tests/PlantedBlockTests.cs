namespace Multiprocessing.Tests;

/// <summary>What is left in shared memory is found, and named with its maker.</summary>
public sealed class PlantedBlockTests
{
    [Fact]
    public void A_block()
    {
        string name = "";
        LeakReport report = Planted.Report(Plants.PlantBlock, block => Planted.CleanUp(Noting(block, ref name)));

        Leak leak = Planted.AssertNamed(report, LeakKinds.Blocks, name, nameof(Plants.PlantBlock));
        Assert.Contains("1000 bytes", leak.Detail, StringComparison.Ordinal);
        Assert.Contains("(this process)", leak.Detail, StringComparison.Ordinal);
        Planted.AssertNamed(report, LeakKinds.Mappings, name, nameof(Plants.PlantBlock));
        Assert.Contains(nameof(A_block), report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mutex()
    {
        string name = "";
        LeakReport report = Planted.Report(Plants.PlantMutex, mutex => Planted.CleanUp(Noting(mutex, ref name)));

        Leak leak = Planted.AssertNamed(report, LeakKinds.Blocks, name, nameof(Plants.PlantMutex));
        Assert.StartsWith("mutex, ", leak.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(report.Leaks, static leak => leak.Kind == LeakKinds.Locks);
    }

    [Fact]
    public void A_mutex_that_is_held()
    {
        using SharedMutex mutex = Plants.PlantMutex();
        LeakReport report = Planted.Report(() => mutex.TryEnter(), _ => mutex.Exit());
        mutex.Unlink();

        Leak leak = Assert.Single(report.Leaks);
        Assert.Equal((LeakKinds.Locks, mutex.Name), (leak.Kind, leak.Name));
        Assert.Contains("of this process entered and has not left", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mutex_within_a_block_beside_the_block()
    {
        using LeakCheck check = LeakCheck.Start(new LeakCheckOptions { TrackCreators = true, Grace = TimeSpan.Zero });
        using SharedMemory block = Plants.PlantBlock();
        Plants.PlantMutexIn(block).Dispose();
        LeakReport report = check.Check();
        block.Unlink();

        Leak leak = Planted.AssertNamed(report, LeakKinds.Blocks, block.Name, nameof(Plants.PlantBlock));
        Planted.AssertNamed(report, LeakKinds.Blocks, block.Name, nameof(Plants.PlantMutexIn));
        Assert.Equal(["block made", "mutex made at offset 128"], leak.Creators.Select(static creator => creator.What));
    }

    [Fact]
    public void A_list()
    {
        string name = "";
        LeakReport report = Planted.Report(Plants.PlantList, list => Planted.CleanUp(Noting(list, ref name)));

        Planted.AssertNamed(report, LeakKinds.Blocks, name, nameof(Plants.PlantList));
    }

    [Fact]
    public void A_mapping_whose_block_is_unlinked()
    {
        using SharedMemory block = SharedMemory.Create(1000);
        LeakReport report = Planted.Report(
            () =>
            {
                SharedMemory mapping = Plants.PlantMapping(block.Name);
                block.Unlink();
                return mapping;
            },
            static mapping => mapping.Dispose());

        Assert.Single(report.Leaks);
        Leak leak = Planted.AssertNamed(report, LeakKinds.Mappings, block.Name, nameof(Plants.PlantMapping));
        Assert.Contains("once more than before; the name is unlinked", leak.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lease_that_is_held_and_one_whose_holder_is_dead()
    {
        foreach (bool dead in (bool[])[false, true])
        {
            LeakReport report = Planted.Report(
                () =>
                {
                    LeaseFile lease = Plants.PlantLease();
                    if (dead)
                    {
                        lease.Dispose();
                    }

                    return lease;
                },
                static lease =>
                {
                    lease.Remove();
                    lease.Dispose();
                },
                new LeakCheckOptions { TrackCreators = true, Grace = TimeSpan.Zero, Watch = LeakKinds.Leases, Scope = LeakScope.Everything });

            Leak leak = Planted.AssertNamed(report, LeakKinds.Leases, Assert.Single(report.Leaks).Name, nameof(Plants.PlantLease));
            Assert.StartsWith(dead ? "free, whoever held it is dead: owner 1" : "held: owner 1", leak.Detail, StringComparison.Ordinal);
        }
    }

    private static T Noting<T>(T made, ref string name)
        where T : ISharedStructure
    {
        name = made.Name;
        return made;
    }
}
