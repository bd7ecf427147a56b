using BenchmarkDotNet.Attributes;

namespace Multiprocessing.Bench;

/// <summary>Making and mapping blocks of one page.</summary>
public class BlockBenchmarks
{
    private const int Size = 4096;

    private SharedMemory? _existing;

    /// <summary>Whether the pages are reserved at creation, as they are by default.</summary>
    [Params(true, false)]
    public bool Reserve { get; set; }

    private SharedMemoryOptions Options { get; set; } = new();

    [GlobalSetup]
    public void Setup()
    {
        Options = new SharedMemoryOptions { Reserve = Reserve };
        _existing = SharedMemory.Create(Size, null, Options);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _existing!.Dispose();
        _existing.Unlink();
    }

    [Benchmark]
    public void CreateCloseUnlink()
    {
        using SharedMemory block = SharedMemory.Create(Size, null, Options);
        block.Unlink();
    }

    [Benchmark]
    public void AttachClose() => SharedMemory.Attach(_existing!.Name).Dispose();
}
