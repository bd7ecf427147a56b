namespace Multiprocessing.Tests;

public sealed class FileBlocks : BlockConformance
{
    protected override SharedMemory Create(long size, UnixFileMode mode, bool reserve) => Scratch.Create(
        size,
        Scratch.NewPath(),
        new SharedMemoryOptions { Mode = mode, Reserve = reserve, Backing = SharedMemoryBacking.File });
}
