namespace Multiprocessing.Tests;

public sealed class AnonymousBlocks : BlockConformance
{
    protected override SharedMemory Create(long size, UnixFileMode mode, bool reserve) => Scratch.Keep(SharedMemory.Create(
        size, options: new SharedMemoryOptions { Mode = mode, Reserve = reserve, Backing = SharedMemoryBacking.Anonymous }));
}
