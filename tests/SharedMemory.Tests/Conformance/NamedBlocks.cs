namespace Multiprocessing.Tests;

public sealed class NamedBlocks : BlockConformance
{
    protected override SharedMemory Create(long size, UnixFileMode mode, bool reserve) =>
        Scratch.Create(size, options: new SharedMemoryOptions { Mode = mode, Reserve = reserve });
}
