using BenchmarkDotNet.Attributes;

namespace Multiprocessing.Bench;

/// <summary>What a manager costs beside a bare block, and a round trip to its server.</summary>
public class ManagerBenchmarks
{
    private const int Size = 4096;

    private SharedMemoryManager? _manager;
    private SharedMemoryManager? _client;

    [GlobalSetup]
    public void Setup()
    {
        _manager = SharedMemoryManager.Start();
        _client = SharedMemoryManager.Connect(_manager.Address);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _client!.Dispose();
        _manager!.Dispose();
    }

    [Benchmark]
    public void CreateCloseRelease()
    {
        using SharedMemory block = _manager!.CreateBlock(Size);
        _manager.Release(block.Name);
    }

    [Benchmark]
    public void PingByPipe() => _manager!.Ping();

    [Benchmark]
    public void PingBySocket() => _client!.Ping();
}
