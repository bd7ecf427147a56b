using System.Text.RegularExpressions;

namespace Multiprocessing.Tests;

public sealed partial class CreateTests
{
    [Fact]
    public void Without_a_name_it_gets_one_of_CPythons_form()
    {
        using var scratch = new Scratch();
        SharedMemory[] blocks = [.. Enumerable.Range(0, 50).Select(_ => SharedMemory.Create(1))];
        foreach (SharedMemory block in blocks)
        {
            scratch.Adopt(scratch.Keep(block).Name);
        }

        Assert.All(blocks, static block => Assert.Matches(AutomaticName(), block.Name));
        Assert.Distinct(blocks.Select(static block => block.Name));
    }

    [Fact]
    public void A_name_that_is_taken_is_refused_and_the_block_there_is_untouched()
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(10);
        block.Span[0] = 3;

        SharedMemoryExistsException e = Assert.Throws<SharedMemoryExistsException>(() => SharedMemory.Create(20, block.Name));

        Assert.Equal(block.Name, e.Name);
        Assert.Contains(block.Name, e.Message, StringComparison.Ordinal);
        Assert.IsAssignableFrom<IOException>(e);
        Assert.Equal(10, scratch.Attach(block.Name).Size);
        Assert.Equal(3, block.Span[0]);
    }

    [Fact]
    public void Only_one_of_many_threads_creates_a_name() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        for (int round = 0; round < 300; round++)
        {
            string name = scratch.NewName();
            int taken = 0;
            SharedMemory?[] made = new SharedMemory?[4];
            Parallel.For(0, made.Length, i =>
            {
                try
                {
                    made[i] = SharedMemory.Create(10, name);
                }
                catch (SharedMemoryExistsException)
                {
                    Interlocked.Increment(ref taken);
                }
            });

            Assert.Equal(3, taken);
            scratch.Keep(Assert.Single(made, static block => block is not null)!).Unlink();
        }
    });

    [Fact]
    public void It_is_where_CPython_looks_for_it()
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(10);
        block.Span[9] = 0xab;

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0xab], File.ReadAllBytes(Scratch.PathOf(block.Name)));
    }

    [Fact]
    public void Its_pages_are_reserved_unless_that_is_not_wanted()
    {
        using var scratch = new Scratch();
        const int Size = 1 << 20;
        SharedMemory reserved = scratch.Create(Size);
        SharedMemory sparse = scratch.Create(Size, options: new SharedMemoryOptions { Reserve = false });

        Assert.Equal(Size, AllocatedBytes(reserved));
        Assert.Equal(0, AllocatedBytes(sparse));
    }

    [Fact]
    public void An_anonymous_block_takes_no_name() =>
        Assert.Throws<ArgumentException>("name", static () =>
            SharedMemory.Create(10, "psm_name", new SharedMemoryOptions { Backing = SharedMemoryBacking.Anonymous }));

    [Fact]
    public void Options_are_a_value()
    {
        var options = new SharedMemoryOptions();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, options.Mode);
        Assert.True(options.Reserve);
        Assert.Equal(SharedMemoryBacking.Named, options.Backing);
        Assert.Equal(options with { Reserve = false }, new SharedMemoryOptions { Reserve = false });
    }

    /// <summary>What the file takes of its disk, as <c>stat</c> says.</summary>
    private static long AllocatedBytes(SharedMemory block)
    {
        using var stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            "stat", ["--format", "%b", Scratch.PathOf(block.Name)])
        { RedirectStandardOutput = true })!;
        return 512 * long.Parse(stat.StandardOutput.ReadToEnd(), System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("^psm_[0-9a-f]{8}$")]
    private static partial Regex AutomaticName();
}
