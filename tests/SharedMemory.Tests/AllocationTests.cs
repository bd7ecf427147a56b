namespace Multiprocessing.Tests;

public sealed class AllocationTests
{
    private static long _sum;

    [Fact]
    public void Access_to_the_bytes_does_not_allocate()
    {
        using var scratch = new Scratch();
        SharedMemory block = scratch.Create(4096);
        _ = block.Memory;
        (string What, Action Use)[] uses =
        [
            ("Span", () => _sum += block.Span[1]),
            ("ReadOnlySpan", () => _sum += block.ReadOnlySpan[1]),
            ("Memory", () => _sum += block.Memory.Span[1]),
            ("ReadOnlyMemory", () => _sum += block.ReadOnlyMemory.Span[1]),
            ("AsSpan", () => _sum += block.AsSpan<long>(8, 2)[1]),
            ("AsSpan to the end", () => _sum += block.AsSpan<int>()[1]),
            ("AsReadOnlySpan", () => _sum += block.AsReadOnlySpan<long>(8)[1]),
            ("GetReference", () => block.GetReference<long>(16)++),
            ("GetReadOnlyReference", () => _sum += block.GetReadOnlyReference<long>(16)),
            ("Address", () => _sum += block.Address),
            ("Pin", () => block.Memory.Pin().Dispose()),
            ("Flush", () => block.Flush(wait: false)),
            ("Name and Size", () => _sum += block.Name.Length + block.Size),
        ];

        Assert.All(uses, static use => Assert.Equal((use.What, 0L), (use.What, Allocations.By(use.Use))));
    }
}
