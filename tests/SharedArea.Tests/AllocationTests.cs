namespace Multiprocessing.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void No_call_but_those_that_return_bytes_allocates() => Watchdog.Run(() =>
    {
        using var scratch = new Scratch();
        SharedArea area = scratch.Area(1 << 20);
        byte[] bytes = new byte[100_000];
        (string What, Action Use)[] uses =
        [
            ("read64", () => area.Read64(0)), ("read64 unaligned", () => area.Read64(1)), ("read", () => area.Read(0, bytes.AsSpan())),
            ("write64", () => area.Write64(0, 1)), ("write64 unaligned", () => area.Write64(1, 1)), ("write", () => area.Write(0, bytes)),
            ("text", () => area.Write(0, "some text")), ("increment", () => area.Increment16(0)), ("increment unaligned", () => area.Increment16(1)),
            ("exchange", () => area.CompareExchange8(0, 1, 2)), ("read lock", () => area.EnterReadLock().Dispose()),
            ("write lock", () => area.EnterWriteLock().Dispose()), ("count", () => _ = area.UpdateCount), ("mark", area.MarkUpdated),
            ("within", () =>
            {
                using (area.EnterWriteLock())
                {
                    area.Write32(0, area.Read32(0) + 1);
                    area.Write(0, bytes);
                    area.Increment64(1);
                }
            }),
        ];
        Assert.All(uses, use => Assert.Equal((use.What, 0L), (use.What, Allocations.By(use.Use))));
    });
}
