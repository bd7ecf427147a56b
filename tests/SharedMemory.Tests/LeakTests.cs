namespace Multiprocessing.Tests;

/// <summary>Neither descriptors nor mappings stay behind.</summary>
[Collection(Alone.Name)]
public sealed class LeakTests
{
    private const int Times = 1000;

    [Theory]
    [InlineData(SharedMemoryBacking.Named)]
    [InlineData(SharedMemoryBacking.File)]
    [InlineData(SharedMemoryBacking.Anonymous)]
    public void Creating_attaching_and_disposing_leaves_no_descriptor_and_no_mapping(SharedMemoryBacking backing) => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        var options = new SharedMemoryOptions { Backing = backing };
        AssertNothingStays(() =>
        {
            string? name = backing switch
            {
                SharedMemoryBacking.Named => scratch.NewName(),
                SharedMemoryBacking.File => scratch.NewPath(),
                _ => null,
            };
            using SharedMemory block = SharedMemory.Create(4096, name, options);
            using SharedMemory other = SharedMemory.Attach(block.Name);
            using SharedMemory reader = SharedMemory.Attach(block.Name, readOnly: true);
            other.Memory.Pin().Dispose();
            SharedMemory.Exists(block.Name);
            block.Unlink();
        });
    });

    [Fact]
    public void What_fails_leaves_no_descriptor_and_no_mapping() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        string missing = scratch.NewName();
        SharedMemory block = scratch.Create(10);
        string huge = scratch.NewName();
        using (FileStream file = File.Create(Scratch.PathOf(huge)))
        {
            file.SetLength(1L << 50);
        }

        var sparse = new SharedMemoryOptions { Reserve = false };
        var anonymous = sparse with { Backing = SharedMemoryBacking.Anonymous };
        AssertNothingStays(() =>
        {
            Assert.Throws<FileNotFoundException>(() => SharedMemory.Attach(missing));
            Assert.Throws<SharedMemoryExistsException>(() => SharedMemory.Create(10, block.Name));
            Assert.Throws<InvalidDataException>(() => SharedMemory.CreateOrAttach(block.Name, 11));
            Assert.Throws<InsufficientMemoryException>(() => SharedMemory.Attach(huge));
            Assert.Throws<InsufficientMemoryException>(() => SharedMemory.Create(1L << 50, missing, sparse));
            Assert.Throws<InsufficientMemoryException>(() => SharedMemory.Create(1L << 50, options: anonymous));
            Assert.Throws<SharedMemoryFullException>(() => SharedMemory.Create(long.MaxValue, missing));
            Assert.False(SharedMemory.Exists(missing));
        });
    });

    [Fact]
    public void An_attach_to_a_block_without_a_size_leaves_no_descriptor() => Watchdog.Run(static () =>
    {
        using var scratch = new Scratch();
        string name = scratch.Unsized();
        AssertNothingStays(() => Assert.Throws<InvalidDataException>(() => SharedMemory.Attach(name)), times: 10);
    });

    [Fact]
    public void An_open_named_block_holds_no_descriptor()
    {
        using var scratch = new Scratch();
        scratch.Create(10).Dispose();
        int before = OwnProcess.Descriptors;

        foreach (int _ in Enumerable.Range(0, 100))
        {
            scratch.Create(10);
        }

        Assert.InRange(OwnProcess.Descriptors, 0, before + 20);
    }

    [Fact]
    public void A_process_that_is_started_inherits_no_descriptor()
    {
        using SharedMemory block = SharedMemory.Create(10, options: new SharedMemoryOptions { Backing = SharedMemoryBacking.Anonymous });
        using var ls = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("ls", ["-l", "/proc/self/fd"]) { RedirectStandardOutput = true })!;

        Assert.DoesNotContain("memfd:psm", ls.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
    }

    /// <summary>The runtime opens and maps things of its own now and then; a leak shows as one for each time.</summary>
    private static void AssertNothingStays(Action use, int times = Times)
    {
        use();
        int descriptors = OwnProcess.Descriptors;
        int mappings = BlockMappings();
        for (int i = 0; i < times; i++)
        {
            use();
        }

        Assert.InRange(OwnProcess.Descriptors - descriptors, int.MinValue, times / 2);
        Assert.Equal(mappings, BlockMappings());
    }

    private static int BlockMappings() => OwnProcess.Mappings.Count(static line =>
        line.Contains("/dev/shm/", StringComparison.Ordinal)
        || line.Contains("/memfd:psm", StringComparison.Ordinal)
        || line.Contains("/shared-memory-tests-", StringComparison.Ordinal));
}
